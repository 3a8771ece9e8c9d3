const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  times: '×',
  ndash: '–',
}

/**
 * Text as people read it: WordPress stores names and addresses with HTML entities ("632 O&#8217;Conner Skyway") and
 * titles with mark-up.
 */
export function readable(text: string): string {
  return text
    .replaceAll(/<[a-z/][^<>]*>/gi, '')
    .replaceAll(/&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]+);/gi, (entity, name: string) => {
      if (!name.startsWith('#')) return named[name.toLowerCase()] ?? entity
      const code =
        name[1] === 'x' || name[1] === 'X' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : entity
    })
    .trim()
}
