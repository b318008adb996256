#!/bin/sh
# Compiles our compiler programs. Makes for each of them, and for what Kotlin and Scala make, a file of options for the
# `java` command (`java @file`) and an archive of the classes it loads. Plain Java has such an archive from the JDK.
set -e
# Small programs: the quick collector and compiler, and nothing written about itself.
flags='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto -Xlog:disable -Xlog:all=error:stderr'
compiled=/code/.compiled
kotlin_library=/opt/kotlin/kotlin-stdlib.jar:/opt/kotlin/kotlinx-coroutines-core-jvm.jar
kotlin_compiler=/opt/kotlin/kotlin-compiler.jar:$kotlin_library:/opt/kotlin/kotlin-script-runtime.jar
kotlin_compiler=$kotlin_compiler:/opt/kotlin/kotlin-reflect.jar:/opt/kotlin/annotations-13.0.jar
scala_library=/opt/scala/scala-library.jar
scala_compiler=/opt/scala/scala-compiler.jar:$scala_library:/opt/scala/scala-reflect.jar

# memory HEAP-MIB: half of it from the start, as a heap that grows from nothing spends its time on collecting.
memory() { echo "-Xmx$1m -Xms$(($1 / 2))m -Xmn$(($1 / 4))m"; }
# options NAME HEAP-MIB CLASS-PATH [MAIN-CLASS]
options() {
    echo "$flags -XX:SharedArchiveFile=/opt/jvm/$1.jsa -Dfile.encoding=UTF-8 $(memory "$2") -cp $3 ${4:-}" > "/opt/jvm/$1"
}
# train NAME ARGUMENT…: makes the archive by running it once. Its class path must hold no folder; the one that uses it
# may be longer at the end.
train() {
    name=$1
    shift
    sed "s|SharedArchiveFile|ArchiveClassesAtExit|; s|:$compiled||" "/opt/jvm/$name" > /build/options
    echo '5 3 9' | java @/build/options "$@"
    [ -s "/opt/jvm/$name.jsa" ]
}
# pack NAME: the classes just compiled become a jar, which stays, as it is on the class path of the archive.
pack() {
    jar --create --file "/opt/jvm/$1.jar" -C "$compiled" codewithme
    rm -rf "$compiled"
}

mkdir -p /opt/jvm
javac -proc:none -cp "$kotlin_compiler:$scala_compiler" -d /build/classes /build/compiler/*.java
jar --create --file /opt/jvm/compiler.jar -C /build/classes .
options compile-java 128 /opt/jvm/compiler.jar CompileJava
options compile-kotlin 320 "/opt/jvm/compiler.jar:$kotlin_compiler" CompileKotlin
options compile-scala 320 "/opt/jvm/compiler.jar:$scala_compiler" CompileScala
options run-kotlin 80 "$kotlin_library:/opt/jvm/train-kotlin.jar:$compiled"
options run-scala 80 "$scala_library:/opt/jvm/train-scala.jar:$compiled"
echo "$flags -Dfile.encoding=UTF-8 $(memory 80) -cp $compiled" > /opt/jvm/run-java

cd /build/train
train compile-java Train.java
rm -rf "$compiled"
train compile-kotlin train.kt
pack train-kotlin
train run-kotlin codewithme.TrainKt
train compile-scala Train.scala
pack train-scala
train run-scala codewithme.Train
