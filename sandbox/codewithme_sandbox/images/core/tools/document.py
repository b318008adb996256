"""JSON, YAML and XML. `document.py check KIND FILE` finds what is wrong; `document.py print KIND FILE` prints it tidily."""

import json
import sys
from pathlib import Path

from problem import show


def load_json(raw: bytes) -> object:
    def without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
        for key in {key for key, _ in pairs if sum(1 for other, _ in pairs if other == key) > 1}:
            print(f"warning: the key {json.dumps(key, ensure_ascii=False)} occurs more than once", file=sys.stderr)
        return dict(pairs)

    return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=without_twins)


def check(kind: str, name: str, raw: bytes) -> bool:
    lines = raw.decode("utf-8", "replace").split("\n")
    if kind == "json":
        try:
            load_json(raw)
        except json.JSONDecodeError as error:
            show(name, lines, error.lineno, error.colno, error.msg)
            return False
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            show(name, lines, line, error.start - raw.rfind(b"\n", 0, error.start), "the file is not UTF-8")
            return False
    elif kind == "yaml":
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        try:
            list(YAML().load_all(raw))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            message = ", ".join(part for part in (error.context, error.problem) if part)
            show(name, lines, mark.line + 1, mark.column + 1, message)
            return False
        except YAMLError as error:
            show(name, lines, 1, 1, str(error))
            return False
    else:
        from lxml import etree

        try:
            etree.fromstring(raw, xml_parser())
        except etree.XMLSyntaxError as error:
            line, column = error.position
            show(name, lines, line or 1, column or 1, error.msg or "not XML")
            return False
    return True


def pretty(kind: str, raw: bytes) -> None:
    if kind == "json":
        print(json.dumps(load_json(raw), indent=2, ensure_ascii=False))
    elif kind == "yaml":
        from ruamel.yaml import YAML

        yaml = YAML()
        yaml.preserve_quotes = True
        yaml.dump_all(yaml.load_all(raw), sys.stdout)
    else:
        from lxml import etree

        tree = etree.fromstring(raw, xml_parser()).getroottree()
        sys.stdout.write(etree.tostring(tree, pretty_print=True, encoding="unicode"))


def xml_parser():
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True, huge_tree=False
    )


def main() -> int:
    task, kind, name = sys.argv[1:4]
    raw = Path(name).read_bytes()
    if task == "check":
        return 0 if check(kind, name, raw) else 1
    pretty(kind, raw)
    return 0


sys.exit(main())
