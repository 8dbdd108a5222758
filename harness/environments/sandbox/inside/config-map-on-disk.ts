import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type ConfigFiles, INSIDE } from '../protocol.ts'

/** Writes the ConfigMap as it is mounted: a file for each of its data keys. */
export function writeConfigMap({ routes, middleware, auth }: ConfigFiles): void {
  const files = { 'routes.yaml': routes, 'middleware.yaml': middleware, 'auth.yaml': auth }
  for (const [name, file] of Object.entries(files)) {
    const target = path.join(INSIDE.gatewayConfig, name)
    if (file === null) rmSync(target, { force: true })
    else writeFileSync(target, file.text)
  }
}
