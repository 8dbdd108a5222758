import { type Authority, type Certificate, makeCertificate } from './make-certificate.ts'
import type { ServiceTls } from './service.ts'

const NAME = 'authority of request-chain'

let authority: Authority | null = null
const made = new Map<string, Certificate>()

/** The authority of this run: it stands in for authorities that a site names and its chain has not. One for all of a process. */
export function runAuthority(): Authority {
  authority ??= { name: NAME, ...makeCertificate({ name: NAME, isAuthority: true }) }
  return authority
}

/** The certificate of a Service's pods, and its key. Making one takes a millisecond: it is made once. */
export function serviceCertificate({ names, certificate }: ServiceTls): Certificate {
  const key = [certificate, ...names].join(' ')
  const known = made.get(key)
  if (known !== undefined) return known
  const [name = ''] = names
  const fresh = makeCertificate({
    name: name.slice(0, LONGEST_COMMON_NAME),
    dnsNames: names,
    isExpired: certificate === 'expired',
    ...(certificate === 'self-signed' ? {} : { issuer: runAuthority() }),
  })
  made.set(key, fresh)
  return fresh
}

/** RFC 5280, ub-common-name. */
const LONGEST_COMMON_NAME = 64
