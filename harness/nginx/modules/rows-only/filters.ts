import {
  accepted,
  HTTP_SERVER_LOCATION,
  type ModuleTable,
  NUMBER,
  ONE_ONCE,
  ONE_OR_MORE,
  oneOf,
  only,
  refused,
  refusedUnlessOff,
  setOf,
} from '../../core/directives/rule.ts'

/** Modules that change responses. */
export const FILTERS_MODULES: readonly ModuleTable[] = [
  {
    module: 'ngx_http_addition_module',
    rows: {
      add_before_body: [HTTP_SERVER_LOCATION, ONE_ONCE, refused('changes bodies', 'answer')],
      add_after_body: [HTTP_SERVER_LOCATION, ONE_ONCE, refused('changes bodies', 'answer')],
      addition_types: [HTTP_SERVER_LOCATION, ONE_OR_MORE, accepted(only('add_before_body'))],
    },
  },
  {
    module: 'ngx_http_userid_module',
    rows: {
      userid: [HTTP_SERVER_LOCATION, oneOf('off', 'log', 'v1', 'on'), refusedUnlessOff('sets cookies', 'answer')],
      userid_service: [HTTP_SERVER_LOCATION, NUMBER, accepted(only('userid'))],
      userid_name: [HTTP_SERVER_LOCATION, ONE_ONCE, accepted(only('userid'))],
      userid_domain: [HTTP_SERVER_LOCATION, ONE_ONCE, accepted(only('userid'))],
      userid_path: [HTTP_SERVER_LOCATION, ONE_ONCE, accepted(only('userid'))],
      userid_expires: [HTTP_SERVER_LOCATION, ONE_ONCE, refused('has values that are not checked')],
      userid_flags: [
        HTTP_SERVER_LOCATION,
        { ...setOf('off', 'secure', 'httponly', 'samesite=strict', 'samesite=lax', 'samesite=none'), max: 3 },
        accepted(only('userid')),
      ],
      userid_p3p: [HTTP_SERVER_LOCATION, ONE_ONCE, accepted(only('userid'))],
      userid_mark: [HTTP_SERVER_LOCATION, ONE_ONCE, refused('has values that are not checked')],
    },
  },
]
