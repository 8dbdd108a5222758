import { EnvironmentError } from '../environment.ts'
import { missingPackages } from '../optional-packages.ts'

/** Why there can be no cluster here, and what to do. */
export interface NoK3s {
  readonly fact: string
  readonly remedy: string
}

let answer: Promise<NoK3s | null> | null = null

/** Why there can be no cluster on this machine; null where there can. Asks the engine, and the registry for images that are not there: once, and nothing is pulled. */
export function whyNoK3s(): Promise<NoK3s | null> {
  answer ??= look()
  return answer
}

async function look(): Promise<NoK3s | null> {
  const missing = missingPackages('k3s')
  if (missing !== null) return { fact: missing.message.replace(/\.$/, ''), remedy: missing.remedy }
  const { connectEngine } = await import('./engine.ts')
  const { findImage } = await import('./images.ts')
  const { imageNames } = await import('./settings.ts')
  try {
    const engine = await connectEngine()
    const { k3s, nginx, node } = imageNames()
    for (const image of [k3s, nginx, node]) await findImage(engine, image)
    return null
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return { fact: error.message.replace(/\.$/, ''), remedy: error.remedy }
  }
}
