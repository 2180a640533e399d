from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from community.forum.search.words import splitter

SPOKEN = (
    *(
        "开车",
        "上班",
        "师傅",
        "检查",
        "一次",
        "高速",
        "声音",
        "多少钱",
        "值得",
        "买",
        "换",
        "好",
        "的",
        "了",
    ),
    *(
        "怎么办",
        "Model 3",
        "ID.4",
        "5W-30",
        "2.0T",
        "CR-V",
        "x5",
        "ＢＹＤ",
        "2023款",
        "，",
        "？",
        " ",
        "😀",
    ),
)
texts = st.lists(st.sampled_from((*splitter.dictionary(), *SPOKEN)), max_size=12).map("".join)


def terms_of(text: str) -> set[str]:
    return {term for word in splitter.words(text) for term in word.terms}


def test_chinese_is_split_into_words_and_the_words_within() -> None:
    assert splitter.asked("刹车片更换周期") == ["刹车片", "更换", "周期"]
    assert {"刹车片", "刹车"} <= terms_of("刹车片更换周期")


def test_the_dictionary_knows_words_about_cars_that_others_do_not() -> None:
    assert splitter.asked("朗逸哨兵模式") == ["朗逸", "哨兵", "模式"]
    assert splitter.asked("故障灯亮了") == ["故障灯", "亮"]


def test_what_is_made_of_words_is_asked_for_by_them() -> None:
    assert splitter.asked("自动变速箱") == ["自动", "变速箱"]
    assert set(splitter.asked("自动变速箱")) <= terms_of("变速箱是自动的")


def test_what_means_the_same_is_one_term() -> None:
    assert splitter.asked("噪音") == splitter.asked("异响")
    assert splitter.asked("养护") == splitter.asked("保养")
    assert splitter.asked("制动") == splitter.asked("刹车")
    assert splitter.asked("Tesla") == splitter.asked("特斯拉")


def test_names_are_one_term_however_their_parts_are_tied() -> None:
    for name in ("Model 3", "model3", "MODEL-3", "Ｍｏｄｅｌ３"):
        assert splitter.asked(name) == ["model3"], name
    assert splitter.asked("5W-30") == splitter.asked("5w30")
    assert splitter.asked("ID.4 CR-V 1.5T") == ["id4", "crv", "1.5t"]


def test_parts_of_names_are_found_too() -> None:
    assert {"model", "3", "model3"} <= terms_of("Model 3")
    assert "glc" in terms_of("奔驰GLC260L")


def test_a_year_is_no_part_of_the_name_before_it() -> None:
    assert splitter.asked("polo 2023") == ["polo", "2023"]


def test_nobody_is_found_by_a_number_or_an_address() -> None:
    assert splitter.asked("13800138000 LSVAA49J132000001 https://a.cn/jiyou") == []
    assert terms_of("[机油](/pages/post/index?post_id=1)") == {"机油"}


def test_unknown_words_fall_into_characters() -> None:
    assert splitter.asked("乂鬯") == ["乂", "鬯"]


def test_words_that_say_nothing_count_only_where_there_are_no_others() -> None:
    assert splitter.asked("为什么油耗这么高") == ["油耗", "高"]
    assert splitter.asked("为什么") == ["为什么"]


def test_a_word_knows_its_place_in_the_text_as_it_was_written() -> None:
    text = "😀㎞，Ｍｏｄｅｌ ３的刹车片"
    places = [text[word.start : word.end] for word in splitter.words(text)]
    assert places == ["㎞", "Ｍｏｄｅｌ ３", "刹车片"]


def test_a_rare_word_says_more_than_a_common_one() -> None:
    assert splitter.says_much("凯美瑞") > splitter.says_much("时间")


@given(texts)
def test_every_word_of_a_text_asks_for_terms_of_that_text(text: str) -> None:
    kept = terms_of(text)
    for word in splitter.words(text):
        written = text[word.start : word.end]
        assert set(splitter.asked(written)) <= kept, written


@given(st.text(max_size=60))
def test_any_text_can_be_split(text: str) -> None:
    places = [(word.start, word.end) for word in splitter.words(text)]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert set(splitter.asked(text)) <= terms_of(text)


def test_every_word_of_the_files_stands_there_once() -> None:
    for words in (
        splitter.dictionary(),
        [word for line in splitter._lines("synonyms.txt") for word in line.split()],
        [word for line in splitter._lines("stop_words.txt") for word in line.split()],
    ):
        assert [word for word, times in Counter(words).items() if times > 1] == []


def test_no_synonym_is_a_word_that_says_nothing() -> None:
    assert splitter.stop_words().isdisjoint(splitter._same())


def test_the_dictionary_is_worth_its_name() -> None:
    assert len(splitter.dictionary()) > 600


def test_many_may_come_before_the_dictionary_is_there() -> None:
    """rjieba cannot split while words are added to it."""
    splitter._loaded.cache_clear()
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(splitter.words, ["变速箱异响怎么查"] * 60))
    assert all(each == found[0] for each in found)
