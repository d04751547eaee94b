"""A workbook as bureaus keep them: titles above, stacked headers, 万元, blank lines, sections, totals, wide letters."""

import io

import xlsxwriter

from saima.files.registers import check_sign

PARKS = ("纸鹤园", "玻璃鲸园", "九灯园", "月渡园", "雾笛园")
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY"}
MARKS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒"


def code_of(number: int) -> str:
    """A code of nobody: its place is not in use."""
    first = f"919999{number:011d}"[:17]
    return first + check_sign(first)


def unique_name(number: int) -> str:
    """Two of these differ by more than one sign."""
    a, b, c = number % 30, number // 30 % 30, number // 900 % 30
    return f"虚构{MARKS[a]}{MARKS[b]}{MARKS[c]}{MARKS[(a + b + c) % 30]}{MARKS[(a + 2 * b + 5 * c) % 30]}科技有限公司"


def workbook(rows: int, *, start: int = 0, changed=None, extra=(), more=None) -> bytes:
    """``rows`` firms with figures of 2025 in 万元. ``changed``: row -> cells by column; ``extra``: further lines;
    ``more``: header -> what stands below it, by row."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("企业台账")
    sheet.merge_range(0, 0, 0, 9, "示例市科技企业基本情况表（虚构）")
    sheet.write(1, 0, "填报单位：示例市科技局")
    sheet.write(1, 8, "单位：万元")
    sheet.merge_range(2, 0, 3, 0, "序号")
    sheet.merge_range(2, 1, 3, 1, "企业名称")
    sheet.merge_range(2, 2, 3, 2, "统一社会\n信用代码")
    sheet.merge_range(2, 3, 3, 3, "所属园区")
    sheet.merge_range(2, 4, 3, 4, "成立日期")
    sheet.merge_range(2, 5, 2, 7, "2025年")
    for n, head in enumerate(("营业收入", "研发费用", "职工总数（人）")):
        sheet.write(3, 5 + n, head)
    sheet.merge_range(2, 8, 3, 8, "2024年营业收入（亿元）")
    sheet.merge_range(2, 9, 3, 9, "备注")
    for n, head in enumerate(more or {}, 10):
        sheet.merge_range(2, n, 3, n, head)
    line = 4
    for n in range(start, start + rows):
        if n % 1000 == 500:
            line += 1  # a blank line
        if n % 1000 == 700:
            sheet.write(line, 1, "小计")
            sheet.write(line, 5, 999999)
            line += 1
        code = code_of(n)
        typed = {0: code, 1: f" {code[:8]} {code[8:]}", 2: code.translate(WIDE), 3: code.lower()}[n % 4]
        cells = [
            n + 1,
            unique_name(n),
            typed,
            PARKS[n % 5],
            f"20{10 + n % 14}.{1 + n % 12}.{1 + n % 28}",
            f"{1000 + n:,}.50" if n % 3 == 0 else 1000 + n + 0.5,
            f"{50 + n % 40}" if n % 5 else "—",
            20 + n % 300,
            round(0.09 + n % 7 / 100, 4),
            "",
            *(below(n) for below in (more or {}).values()),
        ]
        for column, value in (changed or {}).get(n, {}).items():
            cells[column] = value
        for column, value in enumerate(cells):
            if value != "":
                sheet.write(line, column, value)
        line += 1
    for cells in extra:
        for column, value in enumerate(cells):
            if value not in ("", None):
                sheet.write(line, column, value)
        line += 1
    sheet.write(line, 1, "合计")
    sheet.write(line, 5, 123456)
    sheet.write(line + 1, 0, "注：本表企业均为虚构。")
    book.close()
    return out.getvalue()
