"""Every language there is: says hello, sorts its standard input, fails at run time, fails to compile."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sandbox_runs import PROGRAMS, MakeSandbox, Ran, run, run_code, run_files

from codewithme_sandbox.job import ImageMissingError, Job, UnknownLanguageError
from codewithme_sandbox.languages import all_languages
from codewithme_sandbox.recipes import upstream
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings

# Those that stand on somebody else's image run only where that was pulled, and have a test of their own.
FOREIGN = [language.id for language in all_languages().values() if upstream(language.image)]
LANGUAGES = [language for language in all_languages() if language not in FOREIGN]
DOCUMENTS = {"html", "css", "json", "yaml", "xml"}


@pytest.fixture
async def sandbox(make_sandbox: MakeSandbox) -> Sandbox:
    """One with time: how quick compilers are on a machine that does much else is not what is tested here."""
    return await make_sandbox(SandboxSettings(timeout_s=30))


def program(language: str, name: str) -> Path:
    [file] = (PROGRAMS / language).glob(f"{name}.*")
    return file


async def run_program(sandbox: Sandbox, language: str, name: str, stdin: bytes = b"") -> Ran:
    return await run_code(sandbox, language, program(language, name).read_bytes(), stdin)


async def check_hello(sandbox: Sandbox, language: str) -> None:
    ran = await run_program(sandbox, language, "hello")
    assert (ran.outcome.exit_code, ran.outcome.limit, ran.err) == (0, None, b"")
    assert ran.out.strip()
    if language not in DOCUMENTS:
        assert "Hello, world!" in ran.stdout


async def check_sort(sandbox: Sandbox, language: str) -> None:
    ran = await run_program(sandbox, language, "sort", b"5 3 9 -1 7 3\n")
    assert (ran.outcome.exit_code, ran.outcome.stage) == (0, "run")
    if language == "sql":
        assert "-1" in ran.stdout  # SQL has no standard input; the program brings its numbers
    else:
        assert ran.stdout.split() == ["-1", "3", "3", "5", "7", "9"]


async def check_error(sandbox: Sandbox, language: str) -> None:
    ran = await run_program(sandbox, language, "error")
    assert ran.outcome.stage == "run"
    assert ran.outcome.exit_code != 0
    assert ran.outcome.limit is None
    assert "after" not in ran.stdout
    if language not in ("assembly", "sql"):
        assert "before" in ran.stdout


async def check_compile_error(sandbox: Sandbox, language: str) -> None:
    ran = await run_program(sandbox, language, "compile_error")
    assert ran.outcome.stage == "compile"
    assert ran.outcome.exit_code not in (0, None)
    assert ran.outcome.limit is None
    assert all_languages()[language].file_name in ran.stderr or language in ("assembly",)
    assert ran.out == b""


def test_every_language_has_its_programs() -> None:
    assert {folder.name for folder in PROGRAMS.iterdir()} == set(all_languages())
    for language in all_languages():
        names = {file.stem for file in (PROGRAMS / language).iterdir()}
        assert names == {"hello", "compile_error"} | (set() if language in DOCUMENTS else {"sort", "error"})


async def check(sandbox: Sandbox, language: str) -> None:
    """All programs of the language, as many at once as the sandbox runs; every one that went wrong is told."""
    checks = [check_hello, check_compile_error]
    if language not in DOCUMENTS:
        checks += [check_sort, check_error]
    async with asyncio.TaskGroup() as group:
        for one in checks:
            group.create_task(named(one, sandbox, language))


async def named(check: Callable[[Sandbox, str], Awaitable[None]], sandbox: Sandbox, language: str) -> None:
    try:
        await check(sandbox, language)
    except AssertionError as error:
        error.add_note(f"{language}: {check.__name__}")
        raise


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_language_says_hello_reads_input_and_tells_runtime_from_compile_errors(
    sandbox: Sandbox, language: str
) -> None:
    await check(sandbox, language)


@pytest.mark.parametrize("language", FOREIGN)
async def test_a_language_on_a_foreign_image_works_where_that_was_pulled(sandbox: Sandbox, language: str) -> None:
    listed = {entry.id: (is_available, reason) for entry, is_available, reason in await sandbox.languages()}
    is_available, reason = listed[language]
    if is_available:
        await check(sandbox, language)
        return
    assert f"docker pull {upstream(all_languages()[language].image)}" in (reason or "")
    with pytest.raises(ImageMissingError, match="docker pull"):
        await run_program(sandbox, language, "hello")


async def test_every_language_is_listed_with_its_version(sandbox: Sandbox) -> None:
    listed = {language.id: (language, is_available) for language, is_available, _ in await sandbox.languages()}
    assert set(listed) == set(all_languages())
    for language_id in LANGUAGES:
        language, is_available = listed[language_id]
        assert is_available
        assert language.version[0].isdigit()


async def test_an_unknown_language_is_refused(sandbox: Sandbox) -> None:
    for wrong in ("cobol-2099", "../core", "python; rm -rf /", "PYTHON", ""):
        with pytest.raises(UnknownLanguageError):
            await run(sandbox, Job(wrong, {"a": b""}, "a"))


async def test_an_entry_in_a_subfolder_finds_its_neighbours(sandbox: Sandbox) -> None:
    files = {
        "main.py": "print('not this one')",
        "src/app.py": "import shapes.square\nprint(shapes.square.area(3))",
        "src/shapes/square.py": "def area(a):\n    return a * a",
        "data/numbers.txt": "1 2 3",
    }
    ran = await run_files(sandbox, "python", files, "src/app.py")
    assert ran.stdout == "9\n"


async def test_c_sources_are_compiled_together_but_for_other_programs(sandbox: Sandbox) -> None:
    files = {
        "main.c": '#include "lib/add.h"\n#include <stdio.h>\nint main(void) { printf("%d\\n", add(2, 3)); }',
        "lib/add.h": "int add(int, int);",
        "lib/add.c": "int add(int a, int b) { return a + b; }",
        "other.c": "int main(void) { return 1; }",
    }
    ran = await run_files(sandbox, "c", files, "main.c")
    assert (ran.stdout, ran.outcome.exit_code) == ("5\n", 0)


async def test_file_names_may_hold_spaces_and_other_alphabets(sandbox: Sandbox) -> None:
    ran = await run_files(
        sandbox,
        "python",
        {"my größe 三.py": "print(open('the data.txt').read())", "the data.txt": "x"},
        "my größe 三.py",
    )
    assert ran.stdout == "x\n"


async def test_a_program_may_use_modules_of_its_language(sandbox: Sandbox) -> None:
    code = "import json, decimal, asyncio, multiprocessing.shared_memory as m\nprint(json.dumps([1]))\n"
    assert (await run_code(sandbox, "python", code)).stdout == "[1]\n"


async def test_javascript_may_be_a_module(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "javascript", "import fs from 'node:fs';\nconsole.log(typeof fs.readFileSync);")
    assert (ran.stdout, ran.outcome.exit_code) == ("function\n", 0)


async def test_typescript_checks_and_runs_several_files(sandbox: Sandbox) -> None:
    files = {
        "src/app.ts": "import { area } from './shapes/square';\nconst side: number = 3;\nconsole.log(area(side));",
        "src/shapes/square.ts": "export function area(side: number): number {\n  return side * side;\n}",
    }
    assert (await run_files(sandbox, "typescript", files, "src/app.ts")).stdout == "9\n"
    wrong = {**files, "src/shapes/square.ts": "export function area(side: string): string {\n  return side;\n}"}
    ran = await run_files(sandbox, "typescript", wrong, "src/app.ts")
    assert ran.outcome.stage == "compile"
    assert "src/app.ts(3,18): error TS2345" in ran.stderr


@pytest.mark.parametrize(
    ("language", "text", "place"),
    [
        ("json", '{\n  "a": 1,\n}', "data.json:2:9: error: "),
        ("yaml", "a: 1\n  b: 2\n", "data.yaml:2:4: error: "),
        ("xml", "<a>\n  <b></c>\n</a>", "data.xml:2:10: error: "),
        ("html", "<!DOCTYPE html>\n<html lang=en><title>x</title><p>a</b></html>", "index.html:2:"),
        ("css", "h1 {\n  colr: red;\n}", "style.css:2:3: error: "),
        ("sql", "SELECT 1; SELECT 2;\nSELECT 3 SELEC 4;", "main.sql:2:1: error: "),
    ],
)
async def test_a_wrong_document_is_told_with_line_column_and_caret(
    sandbox: Sandbox, language: str, text: str, place: str
) -> None:
    ran = await run_code(sandbox, language, text)
    assert ran.outcome.stage == "compile"
    assert place in ran.stderr
    assert ran.stderr.rstrip().endswith("^")


async def test_documents_are_printed_tidily(sandbox: Sandbox) -> None:
    assert (await run_code(sandbox, "json", '{"b":[1,2],"a":"\u00e9"}')).stdout == (
        '{\n  "b": [\n    1,\n    2\n  ],\n  "a": "é"\n}\n'
    )
    assert (await run_code(sandbox, "xml", "<a><b>1</b></a>")).stdout == "<a>\n  <b>1</b>\n</a>\n"
    assert "colour: blue" in (await run_code(sandbox, "yaml", "colour:   blue # kept")).stdout


async def test_an_xml_document_reads_no_file(sandbox: Sandbox) -> None:
    text = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<a>&e;</a>'
    ran = await run_code(sandbox, "xml", text)
    assert b"root:" not in ran.out + ran.err


async def test_html_and_css_give_a_page_to_show(sandbox: Sandbox) -> None:
    page = '<!DOCTYPE html>\n<html lang="en"><head><title>x</title></head><body><h1>Hi</h1></body></html>\n'
    assert (await run_code(sandbox, "html", page)).stdout == page
    styled = (await run_code(sandbox, "css", "h1 { color: teal; }")).stdout
    assert "<style>\nh1 { color: teal; }\n</style>" in styled


async def test_sql_tells_a_wrong_name_from_wrong_grammar(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "sql", "CREATE TABLE t(a);\n.tables\nSELECT b FROM t;")
    assert ran.outcome.stage == "run"
    assert "no such column" in ran.stderr


@pytest.mark.parametrize(
    ("language", "entry", "files"),
    [
        (
            "java",
            "src/app.java",  # the file need not be called like its class
            {
                "src/app.java": "import shapes.Square;\n"
                "public class Start { public static void main(String[] a) { System.out.println(Square.area(3)); } }",
                "src/shapes/Square.java": "package shapes;\n"
                "public class Square { public static int area(int side) { return side * side; } }",
                "Other.java": "public class Other { public static void main(String[] a) {} }",
            },
        ),
        (
            "kotlin",
            "main.kt",
            {
                "main.kt": "package app\nimport shapes.area\nfun main() = println(area(3))",
                "shapes.kt": "package shapes\nfun area(side: Int) = side * side",
                "other.kt": "fun main() {}",
            },
        ),
        (
            "scala",
            "main.scala",
            {
                "main.scala": "object Start extends App { println(shapes.Square.area(3)) }",
                "square.scala": "package shapes\nobject Square { def area(side: Int): Int = side * side }",
            },
        ),
        (
            "go",
            "app/main.go",
            {
                "app/main.go": 'package main\nimport "fmt"\nfunc main() { fmt.Println(area(3)) }',
                "app/square.go": "package main\nfunc area(side int) int { return side * side }",
                "app/square_test.go": 'package main\nimport "testing"\nfunc TestArea(t *testing.T) {}',
                "square.go": "package other\nfunc area(side int) int { return 0 }",
            },
        ),
        (
            "rust",
            "main.rs",
            {
                "main.rs": 'mod square;\nfn main() { println!("{}", square::area(3)); }',
                "square.rs": "pub fn area(side: i32) -> i32 { side * side }",
            },
        ),
        (
            "csharp",
            "main.cs",
            {
                "main.cs": "class Start { static void Main() { System.Console.WriteLine(Square.Area(3)); } }",
                "Square.cs": "static class Square { public static int Area(int side) { return side * side; } }",
                "Other.cs": "class Other { static void Main() { } }",
            },
        ),
        (
            "fsharp",
            "main.fs",
            {"main.fs": 'printfn "%d" (Square.area 3)', "Square.fs": "module Square\nlet area side = side * side"},
        ),
        (
            "swift",
            "main.swift",
            {"main.swift": "print(area(3))", "square.swift": "func area(_ side: Int) -> Int { side * side }"},
        ),
        (
            "haskell",
            "main.hs",
            {
                "main.hs": "import Square (area)\nmain :: IO ()\nmain = print (area 3)",
                "Square.hs": "module Square (area) where\narea :: Int -> Int\narea side = side * side",
            },
        ),
        (
            "fortran",
            "main.f90",
            {
                "main.f90": "program start\n  integer :: area\n  print '(i0)', area(3)\nend program",
                "square.f90": "integer function area(side)\n  integer, intent(in) :: side\n  area = side * side\nend function",
            },
        ),
        ("ruby", "main.rb", {"main.rb": "require_relative 'square'\nputs area(3)", "square.rb": "def area(x) = x * x"}),
    ],
)
async def test_a_program_may_have_several_files(
    sandbox: Sandbox, language: str, entry: str, files: dict[str, str]
) -> None:
    ran = await run_files(sandbox, language, files, entry)
    assert (ran.stdout, ran.stderr, ran.outcome.exit_code) == ("9\n", "", 0)


async def test_a_java_file_without_a_main_method_is_a_compile_error(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "java", "class Main { }")
    assert (ran.outcome.stage, ran.outcome.exit_code) == ("compile", 1)
    assert ran.stderr == "Main.java: error: there is no main method to start\n"


async def test_what_an_fsharp_entry_point_returns_is_the_exit_code(sandbox: Sandbox) -> None:
    ran = await run_code(sandbox, "fsharp", '[<EntryPoint>]\nlet main argv =\n    printfn "%d" argv.Length\n    3\n')
    assert (ran.stdout, ran.outcome.exit_code) == ("0\n", 3)
