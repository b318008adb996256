package codewithme

import kotlin.math.sqrt

// What programs in interviews do; compiled and run once while the image is built.

sealed interface Shape
data class Circle(val radius: Double) : Shape
data class Square(val side: Double) : Shape

enum class Colour { RED, GREEN }

fun area(shape: Shape): Double = when (shape) {
    is Circle -> Math.PI * shape.radius * shape.radius
    is Square -> shape.side * shape.side
}

fun <T : Comparable<T>> largest(items: List<T>): T? = items.maxOrNull()

fun main() {
    val numbers = generateSequence(::readLine).flatMap { it.trim().split(" ").asSequence() }
        .filter { it.isNotEmpty() }.map { it.toInt() }.toList().sorted()
    println(numbers.joinToString(" "))
    val groups = numbers.groupBy { if (it % 2 == 0) "even" else "odd" }.toSortedMap()
    for ((name, group) in groups) println("$name: ${group.sum()}")
    val counts = mutableMapOf<String, Int>()
    "a b a".split(" ").forEach { counts[it] = (counts[it] ?: 0) + 1 }
    println("%.2f %s %s".format(area(Circle(sqrt(2.0))), largest(listOf(1, 2)), Colour.RED))
    println(runCatching { error("no") }.exceptionOrNull()?.message)
    println(sequence { yield(1); yield(2) }.toList() + counts.values)
}
