import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

/**
 * The chain folders of a folder of scenarios: what is in its `chains/` and has a `services.yaml`.
 * @param root an absolute path, as `findRoot` gives it
 * @returns absolute paths, sorted; none where it has no `chains/`
 */
export function findChains(root: string): string[] {
  const folder = path.join(root, 'chains')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter((dir) => existsSync(path.join(dir, 'services.yaml')))
    .sort()
}
