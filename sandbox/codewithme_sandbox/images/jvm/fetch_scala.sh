#!/bin/sh
# fetch_scala.sh VERSION-OF-SPARK: the jars of Scala's compiler that this Spark brings to /jars/scala, without versions in
# their names.
set -e
mkdir -p /jars/scala /download
cd /download
python3 -m pip download -q --no-deps --no-build-isolation "pyspark==$1"
tar -xzf pyspark-*.tar.gz --wildcards --strip-components=3 '*/deps/jars/scala-compiler-*.jar' '*/deps/jars/scala-library-*.jar' \
    '*/deps/jars/scala-reflect-*.jar'
basename scala-compiler-*.jar .jar > /jars/scala/version
for jar in scala-*.jar; do
    mv "$jar" "/jars/scala/$(echo "$jar" | sed 's/-[0-9.]*\.jar/.jar/')"
done
rm -rf /download
