import type { Rule } from '../../../trace/trace.ts'
import type { UpstreamSettings } from '../upstreams/upstream-settings.ts'
import type { Template } from '../variables/template.ts'

/** What the directives of FastCGI, SCGI or uwsgi say: those of the three are the same but for their prefix. */
export interface CgiSettings extends UpstreamSettings {
  /** The `fastcgi_param` lines in force. */
  readonly params: readonly CgiParam[]
  /** What an application is told, by them and by nginx itself. */
  readonly told: ToldParams
  /** The same where the answer may be kept: without what asks for a part of it, or for none. Null where nothing is cached. */
  readonly toldForCache: ToldParams | null
}

/** Parameters in the order of the wire, and the client's headers that they stand for, as CGI spells them: `host` for `HTTP_HOST`. */
export interface ToldParams {
  readonly lines: readonly CgiParam[]
  readonly replaced: ReadonlySet<string>
}

/** One `fastcgi_param`, or one of nginx's own. */
export interface CgiParam {
  readonly name: string
  readonly value: Template
  /** `if_not_empty` */
  readonly skipsEmpty: boolean
  /** Null for nginx's own. */
  readonly rule: Rule | null
}
