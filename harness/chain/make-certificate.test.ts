import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeCertificate } from './make-certificate.ts'

test('a certificate is one that a TLS library reads: for its name, for today, signed by its own key', () => {
  const { certificate, key } = makeCertificate({ name: 'shop.example' })
  const read = new X509Certificate(certificate)
  expect(read.subject).toBe('CN=shop.example')
  expect(read.verify(read.publicKey)).toBe(true)
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(read.validFromDate.getTime()).toBeLessThan(Date.now())
  expect(read.validToDate.getTime()).toBeGreaterThan(Date.now())
})

test('a long name has a long length', () => {
  const name = 'x'.repeat(300)
  expect(new X509Certificate(makeCertificate({ name }).certificate).subject).toBe(`CN=${name}`)
})

test('an authority signs others, for the names that they are to have, and for a time that may be over', () => {
  const authority = { name: 'ca', ...makeCertificate({ name: 'ca', isAuthority: true }) }
  const names = ['a.example', '*.b.example']
  const signed = new X509Certificate(
    makeCertificate({ name: 'a', dnsNames: names, issuer: authority, isExpired: true }).certificate,
  )
  const issuer = new X509Certificate(authority.certificate)
  expect(issuer.ca).toBe(true)
  expect(signed.checkIssued(issuer) && signed.verify(issuer.publicKey)).toBe(true)
  expect(signed.subjectAltName).toBe('DNS:a.example, DNS:*.b.example')
  expect(signed.validToDate.getTime()).toBeLessThan(Date.now())
})
