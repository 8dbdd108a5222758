import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { EnvironmentError } from '../environment.ts'
import { ensureTars } from './images.ts'

afterEach(() => vi.unstubAllEnvs())

test('tarballs that are there, or none, are fine', async () => {
  vi.stubEnv('CHAIN_IMAGE_TARS', '')
  await expect(ensureTars()).resolves.toBeUndefined()
  vi.stubEnv('CHAIN_IMAGE_TARS', `${import.meta.filename}:${path.join(import.meta.dirname, 'images.ts')}`)
  await expect(ensureTars()).resolves.toBeUndefined()
})

test('one that is not there is told by its name before a cluster is started', async () => {
  vi.stubEnv('CHAIN_IMAGE_TARS', `${import.meta.filename}:/nowhere/images.tar`)
  const error: unknown = await ensureTars().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(EnvironmentError)
  expect(error).toMatchObject({ message: expect.stringContaining('"/nowhere/images.tar"') })
})
