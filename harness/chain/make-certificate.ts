import { generateKeyPairSync, sign } from 'node:crypto'

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

const DAY_MS = 24 * 3_600_000
const YEAR_MS = 365 * DAY_MS

/** What a certificate is to say; what is left out is not in it. */
export interface CertificateRequest {
  /** Its common name. */
  readonly name: string
  /** Its DNS names (subjectAltName). */
  readonly dnsNames?: readonly string[]
  /** Whose key signs it; its own where there is none. */
  readonly issuer?: Authority
  /** Whether it may sign others (basicConstraints). */
  readonly isAuthority?: boolean
  /** Whether its time is over. */
  readonly isExpired?: boolean
}

/** A certificate that signs others. */
export interface Authority extends Certificate {
  readonly name: string
}

/**
 * A new certificate with a key of its own (RFC 5280), for a day ago until a year from now. node:crypto has all of it but the frame,
 * and the libraries that have the frame take longer to load and sign than nginx takes to start.
 */
export function makeCertificate({ name, dnsNames = [], issuer, ...is }: CertificateRequest): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const nowMs = Date.now()
  const beginMs = nowMs - (is.isExpired === true ? 2 : 1) * DAY_MS
  const endMs = is.isExpired === true ? nowMs - DAY_MS : nowMs + YEAR_MS
  const content = sequence(
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([1])),
    ECDSA_WITH_SHA256,
    nameOf(issuer?.name ?? name),
    sequence(time(beginMs), time(endMs)),
    nameOf(name),
    publicKey,
    ...extensions(dnsNames, is.isAuthority === true),
  )
  const signature = sign('sha256', content, issuer?.key ?? privateKey)
  // The first byte says how many bits of the last one are unused.
  const bytes = sequence(content, ECDSA_WITH_SHA256, der(BIT_STRING, Buffer.from([0]), signature))
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey,
  }
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(COMMON_NAME, der(UTF8_STRING, Buffer.from(commonName)))))
}

/** RFC 5280 section 4.2.1.6 and 4.2.1.9. */
function extensions(dnsNames: readonly string[], isAuthority: boolean): Buffer[] {
  const all: Buffer[] = []
  if (isAuthority) all.push(sequence(BASIC_CONSTRAINTS, TRUE, der(OCTET_STRING, sequence(TRUE))))
  if (dnsNames.length > 0) {
    const names = dnsNames.map((dnsName) => der(DNS_NAME, Buffer.from(dnsName)))
    all.push(sequence(SUBJECT_ALT_NAME, der(OCTET_STRING, sequence(...names))))
  }
  return all.length === 0 ? [] : [der(EXTENSIONS, sequence(...all))]
}

/** Tags of ASN.1 (X.690). */
const BOOLEAN = 0x01
const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const OBJECT_IDENTIFIER = 0x06
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
const SEQUENCE = 0x30
const SET = 0x31
const VERSION = 0xa0
const EXTENSIONS = 0xa3
const DNS_NAME = 0x82

const TRUE = der(BOOLEAN, Buffer.from([0xff]))

/** 2.5.4.3 */
const COMMON_NAME = der(OBJECT_IDENTIFIER, Buffer.from([0x55, 0x04, 0x03]))
/** 2.5.29.19 */
const BASIC_CONSTRAINTS = der(OBJECT_IDENTIFIER, Buffer.from([0x55, 0x1d, 0x13]))
/** 2.5.29.17 */
const SUBJECT_ALT_NAME = der(OBJECT_IDENTIFIER, Buffer.from([0x55, 0x1d, 0x11]))
/** 1.2.840.10045.4.3.2 (RFC 5758 section 3.2) */
const ECDSA_WITH_SHA256 = sequence(
  der(OBJECT_IDENTIFIER, Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])),
)

/** A value with its tag and length before it, in the one way that DER has. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const value = Buffer.concat(content)
  const { length } = value
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), value])
}

function sequence(...content: readonly Buffer[]): Buffer {
  return der(SEQUENCE, ...content)
}

function set(...content: readonly Buffer[]): Buffer {
  return der(SET, ...content)
}

/** YYMMDDhhmmssZ */
function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/\D/g, '').slice(2, 14)
  return der(UTC_TIME, Buffer.from(`${digits}Z`))
}
