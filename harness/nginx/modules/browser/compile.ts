import { ModuleSettings } from '../../core/module.ts'
import type { CompileScope } from '../../core/scope.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'

/** A browser, by a text in its User-Agent. */
interface Browser {
  readonly name: string
  /** Bytes at the beginning that are not looked at. */
  readonly skip: number
  readonly text: string
  /** How many bytes stand before the version. */
  readonly add: number
}

/** Those that nginx knows, in the order in which they are looked for (ngx_http_modern_browser_masks). */
const BROWSERS: readonly Browser[] = [
  { name: 'opera', skip: 0, text: 'Opera', add: 'Opera '.length },
  { name: 'msie', skip: 'Mozilla/4.0 (compatible; '.length, text: 'MSIE ', add: 'MSIE '.length },
  { name: 'gecko', skip: 'Mozilla/5.0 ('.length, text: 'rv:', add: 'rv:'.length },
  { name: 'safari', skip: 'Mozilla/5.0 ('.length, text: 'Safari/', add: 'Safari/'.length },
  { name: 'konqueror', skip: 'Mozilla/5.0 (compatible; '.length, text: 'Konqueror/', add: 'Konqueror/'.length },
]

/** A browser that is modern from a version on. */
export interface ModernBrowser extends Browser {
  /** Two digits for each part behind the first: 1.2.3 is 1020300. */
  readonly version: number
}

/** Which browsers are modern and which are not. */
export interface Browsers {
  /** Null where no line names any. */
  readonly modern: readonly ModernBrowser[] | null
  readonly unlistedAreModern: boolean
  readonly ancient: readonly string[] | null
  readonly netscape4: boolean
  readonly modernValue: string
  readonly ancientValue: string
}

const NO_BROWSERS: Browsers = {
  modern: null,
  unlistedAreModern: false,
  ancient: null,
  netscape4: false,
  modernValue: '1',
  ancientValue: '1',
}

/** `modern_browser` and its kin of a block (ngx_http_browser_merge_conf). */
export const browsers = new ModuleSettings<Browsers>(NO_BROWSERS, (block, around, scope) => {
  const modern = modernOf(block, scope)
  const unlistedAreModern = block.all('modern_browser').some(isUnlisted)
  const words = block.all('ancient_browser').flatMap(({ args }) => args.map(({ text }) => text))
  const ancient = words.filter((text) => text !== 'netscape4').map(wireText)
  return {
    ...(modern === null && !unlistedAreModern
      ? { modern: around.modern, unlistedAreModern: around.unlistedAreModern }
      : { modern, unlistedAreModern }),
    ...(words.length === 0
      ? { ancient: around.ancient, netscape4: around.netscape4 }
      : { ancient, netscape4: words.includes('netscape4') }),
    modernValue: textOf(block, 'modern_browser_value') ?? around.modernValue,
    ancientValue: textOf(block, 'ancient_browser_value') ?? around.ancientValue,
  }
})

function isUnlisted({ args }: Directive): boolean {
  return args.length === 1
}

/** Opera is looked for wherever others are, since it may name itself MSIE: then no version of it is modern. */
const UNREACHABLE = 4_001_000_000

function modernOf(block: Block, scope: CompileScope): readonly ModernBrowser[] | null {
  const listed: ModernBrowser[] = []
  for (const directive of block.all('modern_browser')) {
    const [name, version] = directive.args
    if (version === undefined) {
      if (name?.text !== 'unlisted') scope.error(directive.span, 'modern_browser has a browser without a version')
      continue
    }
    const known = BROWSERS.find((browser) => browser.name === lowerCase(name?.text ?? ''))
    if (known === undefined) scope.error(directive.span, `unknown browser name "${name?.text}"`)
    else if (!/^[\d.]*$/.test(version.text)) scope.error(directive.span, `invalid browser version "${version.text}"`)
    else listed.push({ ...known, version: versionOf(version.text) })
  }
  if (listed.length === 0) return null
  const all = [...listed, { name: 'opera', skip: 0, text: 'Opera', add: 'Opera '.length, version: UNREACHABLE }]
  const hasOpera = listed.some(({ name }) => name === 'opera')
  const order = BROWSERS.map(({ name }) => name)
  return (hasOpera ? listed : all).toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}

/** A version as one number; of a part with more than two digits the rest runs into the part before it. */
function versionOf(text: string): number {
  const parts = text.split('.').map(Number)
  return parts.reduce((sum, part, index) => sum + part * (SCALES[index] ?? 0), 0)
}

/** What the parts of a version count. */
export const SCALES: readonly number[] = [1_000_000, 10_000, 100, 1]

function textOf(block: Block, name: string): string | null {
  const word = block.word(name)
  return word === undefined ? null : wireText(word.text)
}
