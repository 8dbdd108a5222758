import { once } from 'node:events'
import { type ClientRequestArgs, type IncomingMessage, request } from 'node:http'
import { CLAIM, LABEL, type ListedContainer, SOCKET } from './protocol.ts'

/*
 * Stands for a process that may be anywhere, and is known to the engine: it runs as long as that process holds the other end of its
 * standard input. Then it removes the containers of the cluster that its argument names, where there is one, and ends.
 */

const [, , cluster] = process.argv

// The first process of a container ignores signals that it does not ask for.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))
process.stdin.resume()
await once(process.stdin, 'end')
if (cluster !== undefined) await removeContainers(cluster)

/** Its own container is the engine's to remove. */
async function removeContainers(id: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${LABEL.cluster}=${id}`] }))
  const answer = await ask({ path: `/containers/json?all=1&filters=${filters}` })
  const containers: ListedContainer[] = JSON.parse(answer)
  const others = containers.filter(({ Labels }) => Labels[LABEL.part] !== CLAIM)
  await Promise.all(others.map(({ Id }) => ask({ method: 'DELETE', path: `/containers/${Id}?force=1&v=1` })))
}

/** The body of the engine's answer. */
async function ask(options: ClientRequestArgs): Promise<string> {
  const asking = request({ ...options, socketPath: SOCKET })
  asking.end()
  const [response]: IncomingMessage[] = await once(asking, 'response')
  let body = ''
  for await (const chunk of response?.setEncoding('utf8') ?? []) body += chunk
  return body
}
