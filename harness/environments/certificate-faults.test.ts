import { describe } from 'vitest'
import { describeCertificates } from './fixtures/certificates.ts'
import { simulated } from './simulated/simulated.ts'

describe('certificates on simulated', () => describeCertificates(simulated))
