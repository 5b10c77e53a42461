"""Which HTML a page of notes may hold; everything else is taken out."""

import re
from collections.abc import Callable

import nh3

ANY = {"id", "class", "lang", "dir", "title"}
NUMBERS = re.compile(r"[0-9]{1,4}%?$")
#: Elements that authors may use.
ELEMENTS = """
    a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q s samp section
    small span strong sub summary sup table tbody td tfoot th thead tr u ul var wbr
"""
AUTHORS = set(ELEMENTS.split())
#: Elements that go with all they hold.
CODE = {"script", "style", "template", "iframe", "object", "embed", "applet", "svg", "math"}
CODE |= {"noscript", "noembed", "noframes", "textarea", "select", "title", "xmp"}
ATTRIBUTES = {
    "*": ANY,
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "details": {"open"},
    "input": {"checked"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "col": {"span"},
}
#: What our own blocks and links have besides; authors cannot write these.
OURS = {
    **ATTRIBUTES,
    "a": {"href", "name", "target", "rel", "data-chapter"},
    "div": {"data-action", "data-terminal"},
    "button": {"type", "aria-describedby"},
    "span": {"role"},
}
CLASSES = re.compile(
    r"(?:fa[srldb]?|fa-[a-z0-9-]+|glyphicon|glyphicon-[a-z0-9-]+|pficon|pficon-[a-z0-9-]+"
    r"|admonition|admonition-title|note|tip|hint|important|warning|caution|danger|attention|error"
    r"|info|example|question|success|failure|bug|abstract|quote|task-list|task-list-item"
    r"|task-list-control|task-list-indicator|language-[a-z0-9+#._-]+)$"
)
SCHEMES = {"http", "https", "mailto"}
#: Ids of authors get this, so that none can pass for one of the page's own.
ID_PREFIX = "user-content-"
#: Takes an element, an attribute and its value; returns the value to use, or None for none.
Filter = Callable[[str, str, str], str | None]


def clean_authors(html: str, rewrite: Filter) -> str:
    """Return the HTML with only what authors may use; `rewrite` sees every href, src and text."""

    def keep(element: str, attribute: str, value: str) -> str | None:
        if attribute == "class":
            return " ".join(name for name in value.split() if CLASSES.match(name)) or None
        if attribute in ("id", "name"):
            return anchor(value) or None
        if attribute in ("width", "height", "start", "span", "colspan", "rowspan"):
            return value if NUMBERS.match(value) else None
        return rewrite(element, attribute, value)

    # A page of notes has no fields: every input is a task's box that cannot be changed.
    boxes = {"input": {"type": "checkbox", "disabled": ""}}
    return nh3.clean(
        html,
        tags=AUTHORS,
        clean_content_tags=CODE,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        set_tag_attribute_values=boxes,
        link_rel=None,
        url_schemes=SCHEMES,
    )


def clean_page(html: str) -> str:
    """Return the HTML of a whole chapter with only what a page may hold: the last word on it."""
    return nh3.clean(
        html,
        tags=AUTHORS | {"button"},
        clean_content_tags=CODE,
        attributes={**OURS, "input": {"checked", "type", "disabled", "aria-label"}},
        link_rel=None,
        url_schemes=SCHEMES,
    )


def anchor(name: str) -> str:
    """Return the id that a heading or an author's id gets, from its text."""
    words = re.sub(r"[^\w\s-]", "", name.strip().lower())
    slug = re.sub(r"\s+", "-", words).removeprefix(ID_PREFIX)
    return ID_PREFIX + slug if slug else ""
