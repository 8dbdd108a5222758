import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EnvironmentError } from '../environment.ts'
import type { Kube } from '../kubernetes/kube.ts'
import { apiError } from './api-error.ts'

/**
 * What went wrong, with the folder of what the namespace has to say: its pods, their logs, events and Services.
 * @param doing the task that failed @param more further files by name
 */
export async function withDescription(
  doing: string,
  kube: Kube,
  error: unknown,
  more: ReadonlyMap<string, string> = new Map(),
): Promise<Error> {
  const known = apiError(doing, kube.config, error)
  if (!(known instanceof EnvironmentError)) return known
  const { message, remedy } = known
  const folder = await mkdtemp(path.join(tmpdir(), 'chain-cluster-'))
  const described = await kube.describe().catch(() => new Map<string, string>())
  await Promise.all([...more, ...described].map(([name, text]) => writeFile(path.join(folder, name), text)))
  return new EnvironmentError(message, `${remedy} What the namespace had to say is in ${folder}.`, { cause: error })
}
