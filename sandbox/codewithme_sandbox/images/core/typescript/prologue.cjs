// What stands before the compiler's own source in the script that the snapshot is made from.
const module = { exports: {} }, exports = module.exports;
