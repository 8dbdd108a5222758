import { request as httpRequest } from 'node:http'
import type { NodeRelay } from './node-relay.ts'

const CONNECT_TIMEOUT_MS = 5_000

/**
 * Asks a pod something over HTTP, from the node.
 * @returns the JSON that it answers with
 * @throws {Error} it is not there, or does not answer 200
 */
export async function askPod<Answer>(
  relay: NodeRelay,
  pod: { readonly address: string; readonly port: number },
  method: string,
  path: string,
  body: unknown = null,
): Promise<Answer> {
  const connection = await relay.connect(pod.address, pod.port, CONNECT_TIMEOUT_MS)
  if (connection.kind !== 'open') throw new Error(`the pod at ${pod.address}:${pod.port} does not answer`)
  const { socket } = connection
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      method,
      path,
      createConnection: () => socket,
      headers: { host: pod.address, connection: 'close' },
    })
    request.once('error', reject)
    request.once('response', async (response) => {
      try {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk)
        const text = Buffer.concat(chunks).toString()
        if (response.statusCode !== 200) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`)
        resolve(JSON.parse(text))
      } catch (error) {
        reject(error)
      }
    })
    request.end(body === null ? undefined : JSON.stringify(body))
  })
}
