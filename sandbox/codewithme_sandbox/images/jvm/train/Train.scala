package codewithme

import scala.collection.mutable

/** What programs in interviews do; compiled and run once while the image is built. */
sealed trait Shape
case class Circle(radius: Double) extends Shape
case class Square(side: Double) extends Shape

object Train {
  def area(shape: Shape): Double = shape match {
    case Circle(radius) => math.Pi * radius * radius
    case Square(side) => side * side
  }

  def largest[T](items: Seq[T])(implicit order: Ordering[T]): Option[T] = items.maxOption

  def main(args: Array[String]): Unit = {
    val numbers = scala.io.Source.stdin.getLines().flatMap(_.split("\\s+")).filter(_.nonEmpty).map(_.toInt).toList.sorted
    println(numbers.mkString(" "))
    val counts = mutable.Map.empty[String, Int].withDefaultValue(0)
    for (word <- "a b a".split(" ")) counts(word) += 1
    val groups = numbers.groupBy(_ % 2).map { case (rest, group) => rest -> group.sum }
    println(s"${groups.toList.sorted} ${counts.toVector} ${largest(numbers)} ${area(Circle(1))}")
    println(f"${area(Square(2))}%.2f ${LazyList.from(1).take(3).toList} ${scala.util.Try("x".toInt).isFailure}")
    println((1 to 3).zip(Array(4, 5, 6)).map { case (a, b) => a * b }.sum)
  }
}
