import { type AddressRange, ipv4Text } from '../../syntax/addresses.ts'

/** What became of a range that was added. */
export type Added =
  | { readonly kind: 'added' }
  /** Values that it replaced: nginx warns of each. */
  | { readonly kind: 'duplicate'; readonly old: readonly string[] }
  /** nginx refuses it, and names the range that it runs into. */
  | { readonly kind: 'overlaps'; readonly with: string }

/** A part of a range that lies in one page of 65,536 addresses: the lower halves of the addresses. */
interface Part {
  readonly start: number
  readonly end: number
  readonly value: string
}

/** Values by ranges of addresses, page by page as nginx keeps them (ngx_http_geo_add_range). */
export class Ranges {
  readonly #pages = new Map<number, readonly Part[]>()

  /** Adds a range. One inside another splits it; one that overlaps another in part is wrong. */
  add(range: AddressRange, value: string): Added {
    const old: string[] = []
    for (const { page, start, end } of pagesOf(range)) {
      const parts = this.#pages.get(page) ?? []
      const at = parts.findLastIndex((part) => part.start <= end)
      const last = parts[at]
      const isAlone = last === undefined || start > last.end
      if (!isAlone && (start < last.start || end > last.end)) {
        const [from, to] = [last.start, last.end].map((low) => ipv4Text(page * PAGE + low))
        return { kind: 'overlaps', with: `${from}-${to}` }
      }
      const added = { start, end, value }
      if (isAlone) this.#pages.set(page, parts.toSpliced(at + 1, 0, added))
      else this.#pages.set(page, parts.toSpliced(at, 1, ...split(last, added)))
      if (!isAlone && start === last.start && end === last.end) old.push(last.value)
    }
    return old.length === 0 ? { kind: 'added' } : { kind: 'duplicate', old }
  }

  /** Deletes a range that was added as it is. @returns whether it was there in every page */
  delete(range: AddressRange): boolean {
    let isThere = true
    for (const { page, start, end } of pagesOf(range)) {
      const parts = this.#pages.get(page) ?? []
      const at = parts.findIndex((part) => part.start === start && part.end === end)
      if (at === -1) isThere = false
      else this.#pages.set(page, parts.toSpliced(at, 1))
    }
    return isThere
  }

  /** The value of an address; null where it is in no range. */
  find(address: number): string | null {
    const low = address % PAGE
    const part = this.#pages.get(Math.floor(address / PAGE))?.find(({ start, end }) => low >= start && low <= end)
    return part?.value ?? null
  }
}

const PAGE = 0x1_0000

function pagesOf({
  start,
  end,
}: AddressRange): { readonly page: number; readonly start: number; readonly end: number }[] {
  const first = Math.floor(start / PAGE)
  const last = Math.floor(end / PAGE)
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    page: first + index,
    start: index === 0 ? start % PAGE : 0,
    end: first + index === last ? end % PAGE : PAGE - 1,
  }))
}

/** A part with another one inside of it. */
function split(around: Part, inner: Part): readonly Part[] {
  return [{ ...around, end: inner.start - 1 }, inner, { ...around, start: inner.end + 1 }].filter(
    ({ start, end }) => start <= end,
  )
}
