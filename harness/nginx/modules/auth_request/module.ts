import { accepted, HTTP_SERVER_LOCATION, ONE_ONCE, only, refusedUnlessOff, TWO } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { refuseWhere } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import type { CompileScope } from '../../core/scope.ts'
import type { Directive } from '../../syntax/syntax.ts'

/** Who may pass, by what another location says: a request that comes to it is refused. */
export const AUTH_REQUEST: Module = {
  module: 'ngx_http_auth_request_module',
  rows: {
    auth_request: [
      HTTP_SERVER_LOCATION,
      ONE_ONCE,
      refusedUnlessOff('asks another location whether a request may pass', 'access'),
    ],
    auth_request_set: [HTTP_SERVER_LOCATION, TWO, accepted(only('auth_request'))],
  },
  look: { auth_request_set: declareVariable },
  access: refuseAuthRequest,
}

/** It is asked last. */
function refuseAuthRequest(state: RequestState): null {
  refuseWhere(state, 'access')
  return null
}

/** `auth_request_set $NAME VALUE`: the variable is there, and empty as long as nothing asks for leave (ngx_http_auth_request_set). */
function declareVariable({ args: [variable], span }: Directive, scope: CompileScope): void {
  const [, name = ''] = /^\$(.+)$/s.exec(variable?.text ?? '') ?? []
  if (name === '') scope.error(span, `invalid variable name "${variable?.text}"`)
  else scope.settable(name, span)
}
