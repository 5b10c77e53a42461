"""Homeroom's format: content/ with workshop.yaml and modules.yaml, or a chain of front matter."""

import posixpath
import re
from pathlib import Path

from dashboard.notes.document import Entry, parse
from dashboard.notes.fields import Fields
from dashboard.notes.folder import Folder
from dashboard.notes.loaders.declared_variables import variables
from dashboard.notes.loaders.homeroom_chain import follow
from dashboard.notes.loaders.image_hosts import image_hosts
from dashboard.notes.outline import Draft, Outline, humanise, split_front_matter
from dashboard.notes.variables import BUILT_IN
from dashboard.notes.workshop import Tab, Variable

DESCRIPTION = ("workshop.yaml", "workshop.yml")
MODULES = "modules.yaml"
INDEX = "index.html"
SLIDES = f"slides/{INDEX}"
#: How a page shows a PDF that lies beside it.
PAPER = re.compile(r"""(?:src|data|href)=["']?(?:\./)?([\w.-]+\.pdf)\b""", re.IGNORECASE)


def is_in(path: Path) -> bool:
    """Whether the folder holds a Homeroom workshop."""
    return (path / "content").is_dir() and not (path / "chapters").is_dir()


def read(folder: Folder) -> Outline:
    """Return the outline of a Homeroom workshop; what Homeroom lets pass is a warning."""
    report = folder.report
    if folder.file("config.js"):
        report.warn("config.js", 1, "JavaScript is not run; the YAML files are read instead")
    content = Folder(folder.path / "content", report, "content/")
    file = next((name for name in DESCRIPTION if folder.file(name)), "")
    fields = _fields(folder, file)
    declared = _fields(folder, MODULES if folder.file(MODULES) else "")
    config = _inside(declared, "config", MODULES, folder)
    if config.text("template_engine"):
        report.error(MODULES, 1, "Liquid templates cannot be read yet; use %name% variables")
    drafts = _activated(content, file, fields, declared) if file else follow(content)
    if not drafts:
        report.error(file or "content/index.md", 1, "no chapter is activated, or none can be read")
    return Outline(
        content,
        title=fields.text("name") or "Workshop",
        description=fields.text("description"),
        around=folder,
        drafts=drafts,
        tabs=_slides(folder),
        variables=_variables(config, fields, file, folder),
        image_hosts=image_hosts(fields, "images", file, report),
        images_url=config.text("images_url"),
    )


def _slides(folder: Folder) -> tuple[Tab, ...]:
    """Return the tab of slides/index.html, or of the PDF that it shows."""
    text = (folder.read(SLIDES) or "") if folder.file(SLIDES) else ""
    paper = None if "<section" in text else PAPER.search(text)
    if not text:
        return ()
    return (Tab("slides", "Slides", "slides", paper[1] if paper else INDEX, file=SLIDES),)


def _fields(folder: Folder, file: str) -> Fields:
    text = folder.read(file) if file else None
    return Fields(parse(text or "", file, folder.report), file, folder.report)


def _inside(fields: Fields, name: str, file: str, folder: Folder) -> Fields:
    """Return the fields of a mapping in another one; none when it is missing or null."""
    entry = fields.entry(name)
    if entry is not None and not isinstance(entry.value, dict | None):
        folder.report.error(file, entry.line, f"`{name}` must be a mapping, found {entry.kind}")
    return Fields(entry or Entry({}, 1), file, folder.report)


def _activated(content: Folder, file: str, fields: Fields, declared: Fields) -> tuple[Draft, ...]:
    drafts: dict[str, Draft] = {}
    modules = _inside(declared, "modules", MODULES, content)
    for entry in _inside(fields, "modules", file, content).texts("activate"):
        name = entry.raw.strip()
        if name in drafts:
            content.report.warn(file, entry.line, f"“{name}” is activated twice")
            continue
        module = modules.entry(name)
        if module is None:
            content.report.warn(file, entry.line, f"“{name}” is not declared in {MODULES}")
        elif module.value is None:
            content.report.warn(MODULES, module.line, f"“{name}” has no `name:`")
        draft = _draft(content, name, Fields(module or entry, MODULES, content.report))
        if draft is None:
            content.report.warn(file, entry.line, f"there is no content/{name}.md; left out")
        else:
            drafts[name] = draft
    return tuple(drafts.values())


def _draft(content: Folder, name: str, fields: Fields) -> Draft | None:
    file = f"{name}.md"
    if content.file(file) is None:
        if content.file(f"{name}.adoc"):
            message = "AsciiDoc chapters cannot be read yet; use Markdown"
            content.report.error(f"content/{name}.adoc", 1, message)
            return Draft(name, f"content/{name}.adoc", name, None)
        return None
    text = content.read(file)
    split = split_front_matter(text or "")
    return Draft(
        posixpath.normpath(name),
        f"content/{file}",
        posixpath.normpath(name),
        None if text is None else split.text,
        split.first_line,
        title=fields.text("name") or humanise(name),
        exit_sign=fields.text("exit_sign"),
        exit_link=fields.text("exit_link"),
    )


def _variables(config: Fields, fields: Fields, file: str, folder: Folder) -> tuple[Variable, ...]:
    """Return declared variables with the workshop's own values, and Homeroom's built-in ones."""
    found = {name: Variable(name) for name in BUILT_IN}
    for variable in variables(config.entry("vars"), MODULES, folder.report):
        found[variable.name] = variable
    for given in variables(fields.entry("vars"), file, folder.report):
        aliases = found[given.name].aliases if given.name in found else ()
        found[given.name] = Variable(given.name, given.value, given.description, aliases)
    return tuple(found.values())
