"""The fields of expertise: added, renamed, and removed once no expert has them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from slugify import slugify

from domain.acts import on_site
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.log import Action, Actor, FieldChange
from domain.site.changes import save, site_of_form
from domain.store.core.database import Database
from domain.store.documents.site import ByLanguage, Expertise, Site
from domain.store.experts import reading as experts
from domain.store.site.saving import Section
from domain.typed import Revision, TypedForm, one_line

FIELD_LIMIT = 40
MOST_FIELDS = 50

_FieldName = Annotated[str, Field(max_length=FIELD_LIMIT), AfterValidator(one_line)]


def _named(name: str) -> str:
    if not name:
        raise PydanticCustomError("nothing_shown", "Enter a name.")
    return name


class FieldsForm(TypedForm):
    """All fields of expertise: their names, which of them go, and a new one."""

    rev: Revision
    names: dict[str, dict[str, Annotated[_FieldName, AfterValidator(_named)]]]
    """By key and language: those that stay."""
    added: dict[str, _FieldName]
    """The name of a new one by language; all are empty without one."""

    @classmethod
    def read_rows(
        cls, values: Mapping[str, str], keys: Collection[str], languages: Collection[str]
    ) -> "FieldsForm":
        """Check what was typed: `names_KEY_LANGUAGE`, `removed_KEY`, `added_LANGUAGE`.

        Raises:
            Refusal: FORM_INVALID, with a message for each field that needs mending.
        """
        staying = [key for key in keys if not values.get(f"removed_{key}")]
        names = {
            key: {code: values.get(f"names_{key}_{code}", "").strip() for code in languages}
            for key in staying
        }
        added = {code: values.get(f"added_{code}", "").strip() for code in languages}
        form = cls.checked({**cls.typed(values), "names": names, "added": added})
        if any(form.added.values()) and not all(form.added.values()):
            wrong = [f"added_{code}" for code, name in form.added.items() if not name]
            missing = Sentence("Enter a name.")
            raise Refusal(Code.FORM_INVALID, fields=dict.fromkeys(wrong, missing))
        return form


async def save_fields(database: Database, form: FieldsForm, by: Actor, *, now: datetime) -> None:
    """Save the fields of expertise.

    An expert who chooses a field just as it is removed keeps its key, which then stands for its
    name until they choose another, or a field of that name is added again.

    Raises:
        SiteChanged: Somebody else has changed them since the form was shown.
        Refusal: FORM_INVALID, where experts have what is to be removed; BUSY.
    """
    site = await site_of_form(database, Section.FIELDS, form.rev)
    await _refuse_in_use(database, [key for key in site.field_keys if key not in form.names])
    expertise = [_renamed(field, form.names[field.key]) for field in _staying(site, form)]
    if any(form.added.values()):
        expertise.append(_new(site, form.added))
    before, after = _told(site.expertise), _told(expertise)
    changes = [FieldChange("expertise", before, after)] if before != after else []
    act = on_site(by, Action.SITE_FIELDS_CHANGED, now, changes)
    fields = {"expertise": [field.model_dump_doc() for field in expertise]}
    await save(database, site, Section.FIELDS, fields, act=act)


async def count_experts(database: Database, site: Site) -> dict[str, int]:
    """Return how many experts have each field, listed or not."""
    return {key: await experts.count_of_field(database, key) for key in site.field_keys}


async def _refuse_in_use(database: Database, removed: Sequence[str]) -> None:
    in_use = [key for key in removed if await experts.count_of_field(database, key)]
    if in_use:
        why = Sentence("Experts have this field. It can be removed once none does.")
        raise Refusal(
            Code.FORM_INVALID, fields=dict.fromkeys([f"removed_{key}" for key in in_use], why)
        )


def _staying(site: Site, form: FieldsForm) -> list[Expertise]:
    return [field for field in site.expertise if field.key in form.names]


def _renamed(field: Expertise, names: ByLanguage) -> Expertise:
    """Return a field with other names; in a language that was not asked for it keeps its own."""
    return Expertise(key=field.key, names={**field.names, **names})


def _new(site: Site, names: ByLanguage) -> Expertise:
    """Make a field of names; its key comes from the first of them.

    Raises:
        Refusal: FORM_INVALID, where there is such a field, or there are too many.
    """
    first, name = next(iter(names.items()))
    key = slugify(name, max_length=FIELD_LIMIT) or slugify(name, allow_unicode=True)
    taken = {known.lower() for known in site.field_keys}
    if key in taken:
        raise _refusal(first, Sentence("There is a field of this name. Choose another name."))
    if len(taken) >= MOST_FIELDS:
        raise _refusal(first, Sentence("There are fifty fields already. Remove one first."))
    return Expertise(key=key, names=dict(names))


def _refusal(language: str, sentence: Sentence) -> Refusal:
    return Refusal(Code.FORM_INVALID, fields={f"added_{language}": sentence})


def _told(expertise: Sequence[Expertise]) -> list[str]:
    """Return fields as the log tells them."""
    return [": ".join(filter(None, (f.key, " / ".join(f.names.values())))) for f in expertise]
