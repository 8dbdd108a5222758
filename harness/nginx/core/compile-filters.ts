import type { Block } from '../syntax/block.ts'
import { parseSizeBytes } from '../syntax/values.ts'
import { lowerCase, wireText } from '../syntax/wire.ts'
import type { CharsetSettings, ContentTypes, Expires, FilterSettings, GzipSettings } from './filter-settings.ts'
import { type CompileScope, ruleOf } from './scope.ts'

/** Filters where no block says otherwise. */
export const DEFAULT_FILTERS: FilterSettings = {
  expires: null,
  gzip: {
    on: false,
    types: new Set(['text/html']),
    minLength: 20,
    vary: false,
    httpVersion: '1.1',
    proxied: new Set(['off']),
    disable: [],
    rule: null,
  },
  charset: {
    name: null,
    types: new Set([
      'text/html',
      'text/xml',
      'text/plain',
      'text/vnd.wap.wml',
      'application/javascript',
      'application/rss+xml',
    ]),
  },
}

/** The filters inside a block. */
export function compileFilters(block: Block, around: FilterSettings, scope: CompileScope): FilterSettings {
  return {
    expires: compileExpires(block, around.expires, scope),
    gzip: compileGzip(block, around.gzip, scope),
    charset: compileCharset(block, around.charset, scope),
  }
}

function compileExpires(block: Block, around: Expires | null, scope: CompileScope): Expires | null {
  const directive = block.one('expires')
  const [first, second] = directive?.args ?? []
  if (directive === undefined || first === undefined) return around
  const value = second ?? first
  if (second === undefined && first.text === 'off') return null
  return { rule: ruleOf(directive), fromModified: second !== undefined, value: scope.template(value) }
}

function compileGzip(block: Block, around: GzipSettings, scope: CompileScope): GzipSettings {
  const gzip = block.one('gzip')
  const minLength = block.word('gzip_min_length')
  const proxied = block.all('gzip_proxied').flatMap(({ args }) => args.map(({ text }) => text.toLowerCase()))
  const disable = block.all('gzip_disable').flatMap(({ args }) => args)
  return {
    on: block.flag('gzip', around.on),
    rule: gzip === undefined ? around.rule : ruleOf(gzip),
    types: typesOf(block, 'gzip_types') ?? around.types,
    minLength: minLength === undefined ? around.minLength : (parseSizeBytes(minLength.text, false) ?? around.minLength),
    vary: block.flag('gzip_vary', around.vary),
    httpVersion: block.word('gzip_http_version')?.text === '1.0' ? '1.0' : (httpVersion(block) ?? around.httpVersion),
    proxied: proxied.length === 0 ? around.proxied : new Set(proxied),
    disable:
      disable.length === 0
        ? around.disable
        : disable
            .map(({ text, span }) => (text === 'msie6' ? text : scope.regex(text, true, span)))
            .filter((pattern) => pattern !== null),
  }
}

function httpVersion(block: Block): '1.1' | null {
  return block.word('gzip_http_version') === undefined ? null : '1.1'
}

function compileCharset(block: Block, around: CharsetSettings, scope: CompileScope): CharsetSettings {
  const directive = block.one('charset')
  const [word] = directive?.args ?? []
  const types = typesOf(block, 'charset_types') ?? around.types
  if (directive === undefined || word === undefined) return { ...around, types }
  if (word.text.includes('$')) scope.refuse('charset', directive.span, 'charset with a variable is not modelled')
  return { name: word.text === 'off' ? null : wireText(word.text), types }
}

/** The types of a block; text/html is always one of them (ngx_http_types_slot). */
function typesOf(block: Block, directive: string): ContentTypes | null {
  const words = block.all(directive).flatMap(({ args }) => args.map(({ text }) => lowerCase(wireText(text))))
  if (words.length === 0) return null
  return words.includes('*') ? 'all' : new Set(['text/html', ...words])
}
