"""What the guide says of policies is what the assistant does: the ten lines, its categories, its examples, its quotes."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from bot.app import load_replies
from bot.settings import load_settings
from intents.policy.starter_set import starter_set
from intents.policy.synonyms import Synonyms
from intents.understanding.normalise import fold
from tests.docs.pages import GUIDE, PROJECT, blocks, code, text


class TestPolicies:
    def test_the_guide_fills_the_base_in_ten_lines(self) -> None:
        _, _, rest = text(GUIDE).partition("\n### 怎么把政策库填起来\n")
        lines, _, _ = rest.partition("\n#")
        assert re.findall(r"^(\d+)\. ", lines, re.MULTILINE) == [str(number) for number in range(1, 11)]

    def test_a_category_that_the_guide_names_is_one_of_the_starter_set(self) -> None:
        typed = {span.partition(" ")[2] for span in code(GUIDE).splitlines() if re.match(r"政策(?:确认)? ", span)}
        shown = {one for one in typed if not re.search(r"\d|编号|关键词|类别", one)}
        assert shown
        assert shown - {draft.category for draft in starter_set()} == set()

    def test_how_big_the_starter_set_is_said_to_be(self) -> None:
        assert len(starter_set()) > 100
        assert sum(draft.category == "社区不开的证明" for draft in starter_set()) == 20

    def test_what_it_is_said_to_answer_is_what_it_answers(self) -> None:
        replies = load_replies(load_settings(PROJECT / "config.yaml"))
        handed_over = replies("policy.handed_over", {"number": 1}, public=True)
        [quoted] = re.findall(r"^\| 手上没有 \| “(.+?)” \|", text(GUIDE), re.MULTILINE)
        assert handed_over.startswith(quoted)
        for key, words in {"policy.keep_it": "回1记下，回2不记", "policy.not_kept": "不记"}.items():
            params = {"question": "q", "answer": "a", "busy": False, "one_case": False, "next": None}
            assert words in replies(key, params, public=False)
            assert words in text(GUIDE)
        assert "答案" in replies.word("policy.sheet.unanswered.columns").split()
        name = replies.word("policy.study_file").format("2026-11-30")
        assert name in code(GUIDE)

    def test_the_local_words_that_the_guide_shows_are_read(self, tmp_path: Path) -> None:
        for number, example in enumerate(blocks(GUIDE, "yaml")):
            file = tmp_path / f"{number}.yaml"
            file.write_text(example, "utf-8")
            [(meant, said), *_] = (yaml.safe_load(example).get("groups") or yaml.safe_load(example)).items()
            found = Synonyms(file, own=_nothing(tmp_path)).meant(fold(f"{said[-1]}怎么开"))
            assert [one.meant for one in found] == [meant]


def _nothing(folder: Path) -> Path:
    file = folder / "nothing.yaml"
    file.write_text("", "utf-8")
    return file
