import type { RequestState } from './request-state.ts'

/**
 * Whether a body is larger than `client_max_body_size` of the location allows (ngx_http_core_find_config_phase); then the
 * line that says so is the rule that decides, or the location where no line does and nginx's 1m holds.
 * @param length in bytes
 */
export function isBodyTooLarge(state: RequestState, length: number): boolean {
  const { clientMaxBodySize, bodySizeRule } = state.location.settings
  if (clientMaxBodySize === 0 || length <= clientMaxBodySize) return false
  state.rule = bodySizeRule ?? state.location.rule
  state.because({ kind: 'body-too-large', lengthBytes: length, line: bodySizeRule?.text ?? null }, state.rule.span)
  return true
}
