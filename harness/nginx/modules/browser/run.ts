import type { RequestState } from '../../core/request/request-state.ts'
import { type Browsers, browsers, type ModernBrowser, SCALES } from './compile.ts'

/** `$modern_browser`: what `modern_browser_value` says where the browser is modern (ngx_http_browser_variable). */
export function modernBrowser(state: RequestState): string {
  const settings = browsers.of(state.location.settings)
  return isModern(settings, state.header('user-agent')) ? settings.modernValue : ''
}

export function ancientBrowser(state: RequestState): string {
  const settings = browsers.of(state.location.settings)
  return isModern(settings, state.header('user-agent')) ? '' : settings.ancientValue
}

/** `$msie`: whether the User-Agent names Internet Explorer, and not Opera (ngx_http_process_user_agent). */
export function msie(state: RequestState): string {
  const agent = state.header('user-agent') ?? ''
  const at = agent.indexOf('MSIE ')
  return at !== -1 && at + 7 < agent.length && !agent.includes('Opera') ? '1' : ''
}

/** ngx_http_browser */
function isModern({ modern, unlistedAreModern, ancient, netscape4 }: Browsers, agent: string | undefined): boolean {
  if (agent === undefined) return unlistedAreModern
  for (const browser of modern ?? []) {
    const at = agent.indexOf(browser.text, browser.skip)
    const version = at === -1 ? '' : agent.slice(at + browser.add)
    if (version !== '') return isNewEnough(browser, version)
  }
  if (modern !== null && !unlistedAreModern) return false
  if (netscape4 && agent.length > 'Mozilla/4.72 '.length && /^Mozilla\/[1-4]/.test(agent)) return false
  if (ancient?.some((text) => agent.includes(text))) return false
  return unlistedAreModern
}

/** Whether what stands at the beginning is the version or a later one. A part is looked at when its dot has come. */
function isNewEnough({ version }: ModernBrowser, text: string): boolean {
  const [written = ''] = /^[\d.]*/.exec(text) ?? []
  let sum = 0
  for (const [index, part] of written.split('.').entries()) {
    if (index > 0 && sum > version) return true
    sum += Number(part) * (SCALES[index] ?? 0)
  }
  return sum >= version
}
