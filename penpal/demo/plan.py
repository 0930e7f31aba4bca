"""The invented schools: whom each belongs to, who supports it, and who works there."""

from __future__ import annotations

from dataclasses import dataclass

from penpal.accounts.models import Role

CLASS_SIZE = 25
UNPAIRED = 3
"""How many of each class still wait, so that the pairing board has something to do."""


@dataclass(frozen=True)
class SchoolPlan:
    """``classes`` are (name, teacher's login, teacher's name); ``counted`` is (classes, students)."""

    code: str
    name: str
    region: str
    county: str
    county_code: str
    county_en: str
    side: str
    partner_side: str
    counted: tuple[int, int]
    classes: tuple[tuple[str, str, str], ...]
    supported_by: str = ""
    secretary: str = ""
    secretary_name: str = ""
    star: tuple[str, str] | None = None


_DONGCHENG = ("beijing", "东城区", "beijing-dongcheng", "Dongcheng District")
_HEXI = ("tianjin", "河西区", "tianjin-hexi", "Hexi District")
_HETIAN = ("hetian", "和田市", "hetian-shi", "Hotan City")
_YUTIAN = ("hetian", "于田县", "yutian", "Yutian County")

SCHOOLS = (
    SchoolPlan(
        "demo-huaiyin",
        "槐荫中学",
        *_DONGCHENG,
        "beijing",
        "hotan",
        (24, 940),
        (("初二(3)班", "banzhuren.bj", "若云老师"), ("初二(4)班", "banzhuren.bj2", "知秋老师")),
        secretary="tuanwei.bj",
        secretary_name="明远老师",
        star=("xiaohe", "小禾"),
    ),
    SchoolPlan(
        "demo-zhonggulou",
        "鼓楼南中学",
        *_DONGCHENG,
        "beijing",
        "hotan",
        (18, 700),
        (("初二(1)班", "banzhuren.bj3", "静川老师"), ("初二(2)班", "banzhuren.bj4", "子衡老师")),
    ),
    SchoolPlan(
        "demo-haihe",
        "海河湾中学",
        *_HEXI,
        "tianjin",
        "yutian",
        (20, 810),
        (("初二(1)班", "banzhuren.tj", "思源老师"), ("初二(5)班", "banzhuren.tj2", "雨桐老师")),
    ),
    SchoolPlan(
        "demo-baiyang",
        "白杨林中学",
        *_HETIAN,
        "hotan",
        "beijing",
        (16, 620),
        (("八年级(2)班", "banzhuren.ht", "阿依老师"), ("八年级(3)班", "banzhuren.ht2", "向阳老师")),
        supported_by="demo-huaiyin",
        secretary="tuanwei.ht",
        secretary_name="江河老师",
        star=("xiaomai", "小麦"),
    ),
    SchoolPlan(
        "demo-yuhe",
        "玉河渠中学",
        *_HETIAN,
        "hotan",
        "beijing",
        (12, 480),
        (
            ("八年级(1)班", "banzhuren.ht3", "古兰老师"),
            ("八年级(4)班", "banzhuren.ht4", "长青老师"),
        ),
        supported_by="demo-zhonggulou",
    ),
    SchoolPlan(
        "demo-shazao",
        "沙枣园中学",
        *_YUTIAN,
        "yutian",
        "tianjin",
        (14, 530),
        (("八年级(1)班", "banzhuren.yt", "晓峰老师"), ("八年级(2)班", "banzhuren.yt2", "清泉老师")),
        supported_by="demo-haihe",
    ),
)

# Login name, name, office and the code of the unit that it is held over.
ABOVE_SCHOOLS = (
    ("xianwei.ht", "海棠老师", Role.COUNTY_SECRETARY, "hetian-shi"),
    ("shengwei.bj", "致远老师", Role.PROVINCE_SECRETARY, "beijing"),
    ("xianwei.bj", "望舒老师", Role.COUNTY_SECRETARY, "beijing-dongcheng"),
    ("xianwei.tj", "长风老师", Role.COUNTY_SECRETARY, "tianjin-hexi"),
    ("xianwei.yt", "沙棘老师", Role.COUNTY_SECRETARY, "yutian"),
    ("bianji", "青禾编辑", Role.EDITOR, "centre"),
    ("bianji2", "怀远编辑", Role.EDITOR, "centre"),
)
