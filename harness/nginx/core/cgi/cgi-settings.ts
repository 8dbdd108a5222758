import type { Rule } from '../../../trace/trace.ts'
import type { UpstreamSettings } from '../upstreams/upstream-settings.ts'
import type { Template } from '../variables/template.ts'

/** What the directives of FastCGI, SCGI or uwsgi say: those of the three are the same but for their prefix. */
export interface CgiSettings extends UpstreamSettings {
  /** The `fastcgi_param` lines in force. */
  readonly params: readonly CgiParam[]
  /** The client's headers that those lines stand for, as CGI spells them: `host` for `HTTP_HOST`. */
  readonly replaced: ReadonlySet<string>
  /** Whether a line says HTTP_HOST, in whatever case: then no newer nginx adds one. */
  readonly namesHost: boolean
  readonly hideHeaders: readonly string[] | null
  readonly passHeaders: readonly string[] | null
}

/** One `fastcgi_param`. */
export interface CgiParam {
  readonly name: string
  readonly value: Template
  /** `if_not_empty` */
  readonly skipsEmpty: boolean
  readonly rule: Rule
}
