import { spawnSync } from 'node:child_process'
import { compareVersions, DEFAULT_VERSION, releaseOf, rulesOf, type VersionRules, whyNotCovered } from '../versions.ts'

/** The nginx that judges the model, and what the model has to keep to. */
export interface JudgingNginx {
  readonly binary: string
  readonly rules: VersionRules
}

/** Debian's, which the tests use. */
export const DEBIAN_NGINX: JudgingNginx = { binary: '/usr/sbin/nginx', rules: rulesOf(DEFAULT_VERSION) }

/** A binary by its path. @throws {Error} it is no nginx, or of a version that is not modelled */
export function judgingNginx(binary: string): JudgingNginx {
  const { stderr } = spawnSync(binary, ['-v'], { encoding: 'utf8' })
  const version = /nginx version: \S+?\/(\d+\.\d+\.\d+)/.exec(stderr ?? '')?.[1]
  if (version === undefined) throw new Error(`Failed to run "${binary}": it is no nginx. Name a binary by --nginx.`)
  const release = releaseOf(version)
  if (release === null) throw new Error(`Failed to judge by "${binary}": ${whyNotCovered(version)}.`)
  if (compareVersions(release, '1.19.5') < 0) {
    throw new Error(
      `Failed to judge by "${binary}": nginx ${version} does not know the option -e. Name one from 1.19.5 on.`,
    )
  }
  return { binary, rules: rulesOf(release) }
}
