import { generateKeyPairSync, sign } from 'node:crypto'

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

const YEAR_MS = 365 * 24 * 3_600_000

/**
 * A certificate that a key of its own has signed (RFC 5280), for a day ago until a year from now. node:crypto has all of it but the
 * frame, and the libraries that have the frame take longer to load and sign than nginx takes to start.
 * @param name its common name
 */
export function makeCertificate(name: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const subject = sequence(set(sequence(COMMON_NAME, der(UTF8_STRING, Buffer.from(name)))))
  const nowMs = Date.now()
  const content = sequence(
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([1])),
    ECDSA_WITH_SHA256,
    subject,
    sequence(time(nowMs - YEAR_MS / 365), time(nowMs + YEAR_MS)),
    subject,
    publicKey,
  )
  const signature = sign('sha256', content, privateKey)
  // The first byte says how many bits of the last one are unused.
  const bytes = sequence(content, ECDSA_WITH_SHA256, der(BIT_STRING, Buffer.from([0]), signature))
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey,
  }
}

/** Tags of ASN.1 (X.690). */
const INTEGER = 0x02
const BIT_STRING = 0x03
const OBJECT_IDENTIFIER = 0x06
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
const SEQUENCE = 0x30
const SET = 0x31
const VERSION = 0xa0

/** 2.5.4.3 */
const COMMON_NAME = der(OBJECT_IDENTIFIER, Buffer.from([0x55, 0x04, 0x03]))
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
