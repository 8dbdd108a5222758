import { isSecretParameter } from './secret-names.ts'

/**
 * A request target without its secrets: the values of query parameters that are called like one, and the userinfo of an
 * absolute form. Split and compared, no pattern: anybody may send a target of 16 KiB, and each character is looked at a few times.
 */
export function maskTarget(target: string): string {
  const at = target.indexOf('?')
  if (at === -1) return withoutUserinfo(target)
  const query = target.slice(at + 1).split('&')
  return `${withoutUserinfo(target.slice(0, at))}?${query.map(maskParameter).join('&')}`
}

function maskParameter(parameter: string): string {
  const at = parameter.indexOf('=')
  if (at === -1) return parameter
  const name = parameter.slice(0, at)
  return isSecretParameter(name) ? `${name}=***` : parameter
}

function withoutUserinfo(target: string): string {
  const scheme = target.indexOf('://')
  if (scheme === -1 || target.startsWith('/')) return target
  const start = scheme + '://'.length
  const slash = target.indexOf('/', start)
  const end = slash === -1 ? target.length : slash
  const at = target.slice(start, end).lastIndexOf('@')
  return at === -1 ? target : `${target.slice(0, start)}***${target.slice(start + at)}`
}
