"""The words tables are written with: what a header, a totals row or a footnote looks like, in both languages."""

import re
import unicodedata
from typing import Final

_WIDE: Final = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0x00A0: 0x20,
    0x2212: 0x2D,
    0x200B: None,
    0xFEFF: None,
}

_INSIDE: Final = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")


def narrow(text: str) -> str:
    """Full-width letters, digits and punctuation as plain ones, spaces and line breaks as one (in Chinese none).

    Not Unicode's NFKC: that would read the footnote mark in 65.5① as a further digit.

    Examples
    --------
    >>> narrow(" １，２３４．５％\\n"), narrow("65.5①"), narrow("年度\\n目标")
    ('1,234.5%', '65.5①', '年度目标')
    """
    return _INSIDE.sub("", " ".join(text.translate(_WIDE).split()))


def key(text: str) -> str:
    """A name without case, width, spaces and punctuation, for comparing.

    Examples
    --------
    >>> key("Ｒ＆Ｄ 经费（万元）") == key("r&d经费(万元)")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


TOTAL: Final = re.compile(
    r"^(合计|总计|总和|汇总|全市|全区|全县|全省|全市(合计|总计)|.{0,6}(合计|总计)|(grand )?total|sum|all|city total)$",
    re.IGNORECASE,
)
SUBTOTAL: Final = re.compile(r"^(.{0,8}小计|sub-?total)$", re.IGNORECASE)
AVERAGE: Final = re.compile(
    r"^(.{0,4}(平均|均值|平均值|平均数|中位数|最大值|最小值)|average|mean|median|max(imum)?|min(imum)?)$", re.IGNORECASE
)
FOOTNOTE: Final = re.compile(
    r"^[\s(]*(注|备注|说明|附注|数据来源|资料来源|来源|填表人|填报人|制表人?|审核人?|复核人?|经办人?|负责人|联系人|联系电话|填报时间|填报日期|"
    r"notes?|remarks?|sources?|prepared by|contact)\s*[\d一二三四五]*\s*[:.、:)]",
    re.IGNORECASE,
)
PART: Final = re.compile(
    r"^((其中|#)\s*[:、]?.*|(同比|环比|较上年|较上月)?(增长率|增速|增幅|增长|占比|比重)(\s*\(?%\)?)?|"
    r"of which\b.*|growth( rate)?|change)$",
    re.IGNORECASE,
)
COLUMN_NUMBERS: Final = re.compile(r"^(甲|乙|栏次|列次|行次|[A-Z])$", re.IGNORECASE)

SERIAL: Final = re.compile(r"^(序号|编号|序|行号|no\.?|#|s/n|serial( no\.?)?|number)$", re.IGNORECASE)
RANK: Final = re.compile(r"排名|排位|位次|名次|排序|\brank(ing)?\b|\bplace\b", re.IGNORECASE)
COMPLETION: Final = re.compile(
    r"完成率|完成比例|完成比|完成度|达成率|完成进度|进度率|完成百分比|占(全年|年度)?(目标|任务)(比重|比例|%)|"
    r"completion( rate)?|% (done|complete|of target)|\brate\b|achievement rate",
    re.IGNORECASE,
)
TARGET: Final = re.compile(
    r"目标任务数?|全年目标值?|年度目标值?|目标值|目标数|目标|全年任务数?|年度任务数?|任务数|任务|全年计划|年度计划|计划数|"
    r"\b(annual |year'?s? |yearly |full-year )?(targets?|tasks?|goals?|plans?)\b",
    re.IGNORECASE,
)
LAST_YEAR: Final = re.compile(r"(上年|去年|上一年)同期(数|值|累计)?|same period (of )?last year", re.IGNORECASE)
BASELINE: Final = re.compile(
    r"基数|基期数?|基准(值|数)?|上年(末|底)?(数|实绩|完成数?|实际)|baseline|base value", re.IGNORECASE
)
CHANGE: Final = re.compile(
    r"同比(增长|增速|增幅|增减|变化)?|环比(增长|增速|增幅|增减)?|较上(月|年)(末|同期)?(增长|增减|变化)?|"
    r"year[- ]on[- ]year|\by/?o/?y\b|month[- ]on[- ]month",
    re.IGNORECASE,
)
NOTE: Final = re.compile(
    r"^(备注|说明|附注|责任(单位|部门|领导|人)|牵头(单位|部门)|数据来源|来源|联系人|亮灯|预警|是否.*|notes?|remarks?|comments?|"
    r"owner|source|responsible( unit)?|light|status)$",
    re.IGNORECASE,
)
MONTH_ONLY: Final = re.compile(
    r"当月(数|值)?|本月(数|值|完成|新增)?|单月|in (the )?month|this month|monthly", re.IGNORECASE
)
CUMULATIVE: Final = re.compile(
    r"累计(数|值|完成)?|本年累计|年初至今|cumulative|year to date|\bytd\b|to date", re.IGNORECASE
)
VALUE: Final = re.compile(
    r"(实际|累计|已|当前)?完成(情况|数|值|量|额)?|实绩|实际(值|数)?|数值|数据|指标值|现值|本期(数|值)?|到位数|"
    r"\b(done|actual|values?|achieved|result|data|figure|amount)\b",
    re.IGNORECASE,
)
CONTESTANT: Final = re.compile(
    r"^(参赛单位|参赛对象|园区(名称)?|县\(?市[、,]?区\)?|县市区|区县|地区|区域|镇街|乡镇(街道)?|单位名称|单位|部门(名称)?|属地|名称|"
    r"contestants?|zones?|parks?|county|counties|towns?|regions?|areas?|departments?|units?|names?|code)$",
    re.IGNORECASE,
)
INDICATOR: Final = re.compile(
    r"^(指标|指标名称|指标项|考核指标|评价指标|项目名称|内容|考核内容|"
    r"indicators?|indicator name|metrics?|measures?|kpis?|items?)$",
    re.IGNORECASE,
)
PERIOD: Final = re.compile(
    r"^(月份|期次|时间|日期|年月|统计(月份|时间|期)|所属期|季度|periods?|months?|quarters?|dates?|years?|年份|年度)$",
    re.IGNORECASE,
)
LOWER_IS_BETTER: Final = re.compile(
    r"能耗|排放|投诉|事故|失信|违法|逾期|负债率|不良率|用时|天数|"
    r"energy (use|intensity)|emissions?|complaints?|accidents?|overdue|days\b",
    re.IGNORECASE,
)
GROWTH: Final = re.compile(r"增长|增速|增幅|growth|increase rate", re.IGNORECASE)
SHARE: Final = re.compile(r"占比|比重|比例|率$|强度|share|ratio|rate$|percentage", re.IGNORECASE)
STOCK: Final = re.compile(r"总数|存量|期末|在孵|在岗|保有量|total number|stock|in total", re.IGNORECASE)
