import type { AccessVerdict, AskedVerdict } from '../../core/module.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { addHeader } from '../../core/response/response-head.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { lowerCase } from '../../syntax/wire.ts'
import { type AuthRequest, authRequest } from './compile.ts'

/** Asks another location whether the request may pass (ngx_http_auth_request_handler); null where no line says so. */
export function checkAuthRequest(state: RequestState): AskedVerdict | null {
  const { asked, sets } = authRequest.of(state.location.settings)
  if (asked === null) return null
  const { uri, rule } = asked
  state.because({ kind: 'auth-asked', line: rule.text, uri }, rule.span)
  return {
    kind: 'subrequest',
    by: rule,
    uri,
    args: '',
    verdict: (ended) => {
      setVariables(state, sets, ended)
      return verdictOf(state, rule, ended)
    },
  }
}

/** ngx_http_auth_request_set_variables: whatever the answer is, by what is known of the subrequest. */
function setVariables(state: RequestState, sets: AuthRequest['sets'], ended: RequestState): void {
  for (const { slot, value, rule } of sets) {
    const text = evaluate(value, ended)
    if (slot === null) {
      state.args = text
      state.validUnparsedUri = false
    } else {
      state.setVariable(slot, text)
      state.setBy.set(slot, rule)
    }
  }
}

function verdictOf(state: RequestState, rule: AuthRequest['sets'][number]['rule'], ended: RequestState): AccessVerdict {
  const { status } = ended.head
  state.because({ kind: 'auth-answered', line: rule.text, status }, rule.span)
  if (status >= 200 && status < 300) return 'ok'
  state.rule = rule
  if (status === 403) return 403
  if (status !== 401) return 500
  passChallenges(state, ended)
  return 401
}

/** The WWW-Authenticate lines of the upstream that was asked. Before nginx 1.23.0 only the first. */
function passChallenges(state: RequestState, { upstreamHeaders }: RequestState): void {
  const lines = (upstreamHeaders ?? []).filter(([name]) => lowerCase(name) === 'www-authenticate')
  const passed = state.site.rules.challengesPassed ? lines : lines.slice(0, 1)
  state.challenges = passed.map((line) => addHeader(state.head, line))
}
