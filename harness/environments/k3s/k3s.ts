import type { Environment } from '../environment.ts'
import { gatewayGaps } from '../gateway-program.ts'
import { hostGaps } from '../host-gaps.ts'
import { lowPortGaps } from '../kubernetes/low-ports.ts'
import { SessionEnvironment } from '../kubernetes/session-environment.ts'
import { nginxImageVersion } from '../kubernetes/settings.ts'
import { requirePackages } from '../optional-packages.ts'
import type { Session } from './session.ts'

/** A real Kubernetes in one container, the real nginx beside it, the real gateway and stub backends in pods. */
export const k3s: Environment = new SessionEnvironment(
  'k3s',
  (chain) => [...gatewayGaps(chain, 'image'), ...hostGaps(chain), ...lowPortGaps(chain)],
  openSession,
  nginxImageVersion,
)

/** The clients of Docker and Kubernetes take a second to load, which no other environment should pay for. */
async function openSession(signal: AbortSignal | undefined): Promise<Session> {
  requirePackages('k3s')
  const { Session } = await import('./session.ts')
  return Session.open(signal)
}
