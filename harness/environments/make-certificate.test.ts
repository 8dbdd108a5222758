import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeCertificate } from './make-certificate.ts'

test('a certificate is one that a TLS library reads: for its name, for today, signed by its own key', () => {
  const { certificate, key } = makeCertificate('shop.example')
  const read = new X509Certificate(certificate)
  expect(read.subject).toBe('CN=shop.example')
  expect(read.verify(read.publicKey)).toBe(true)
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(read.validFromDate.getTime()).toBeLessThan(Date.now())
  expect(read.validToDate.getTime()).toBeGreaterThan(Date.now())
})

test('a long name has a long length', () => {
  const name = 'x'.repeat(300)
  expect(new X509Certificate(makeCertificate(name).certificate).subject).toBe(`CN=${name}`)
})
