import type { Rule } from '../../trace/trace.ts'
import type { Regex } from '../pattern/regex.ts'
import type { Template } from './variables/template.ts'

/** How answers are changed on their way to the client. */
export interface FilterSettings {
  /** Null where `expires` is off. */
  readonly expires: Expires | null
  readonly gzip: GzipSettings
  readonly charset: CharsetSettings
}

/** `expires`: when an answer goes stale, as a word, a time from now or from the file's last change, or of the day. */
export interface Expires {
  readonly rule: Rule
  readonly fromModified: boolean
  readonly value: Template
}

/** Content types in lower case; `all` for `*`. */
export type ContentTypes = ReadonlySet<string> | 'all'

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

/** `charset`: null where it is off. */
export interface CharsetSettings {
  readonly name: string | null
  readonly types: ContentTypes
}
