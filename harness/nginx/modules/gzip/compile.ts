import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type ContentTypes, typesOf } from '../../core/response/content-types.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Regex } from '../../pattern/regex.ts'
import type { Block } from '../../syntax/block.ts'
import { parseSizeBytes } from '../../syntax/values.ts'

/** `gzip` and its kin. */
export interface GzipSettings {
  readonly on: boolean
  readonly types: ContentTypes
  readonly minLength: number
  readonly vary: boolean
  readonly httpVersion: '1.0' | '1.1'
  /** What of a request that came through a proxy is compressed; only `off` and `any` are modelled. */
  readonly proxied: ReadonlySet<string>
  /** Patterns of `gzip_disable`, for User-Agent; `msie6` for the old browser. */
  readonly disable: readonly (Regex | 'msie6')[]
  readonly rule: Rule | null
}

export const gzipSettings = new ModuleSettings<GzipSettings>(
  {
    on: false,
    types: new Set(['text/html']),
    minLength: 20,
    vary: false,
    httpVersion: '1.1',
    proxied: new Set(['off']),
    disable: [],
    rule: null,
  },
  compileGzip,
)

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
