import type { BackendRecord } from '../../backends/stub-server.ts'
import type { Header, Headers } from '../../chain/message.ts'
import { portsOf, type Service } from '../../chain/service.ts'
import { stubTlsOf } from '../../chain/stub-tls.ts'
import type { Fault } from '../../chain/world-change.ts'
import { askPod } from './ask-pod.ts'
import type { KubePod } from './kube-objects.ts'
import { inChain } from './message-in-chain.ts'
import type { NodeRelay } from './node-relay.ts'
import { CONTROL_PORT, type RecordsAnswer, type StubSettings } from './stub-pod/protocol.ts'
import type { Translation } from './translation.ts'

/** The stub backends of one world: what their pods are told to be, whichever pods those are by now. */
export class StubPods {
  readonly #relay: NodeRelay
  readonly #translation: Translation
  readonly #services: ReadonlyMap<string, StubSettings>
  readonly #faults = new Map<string, Fault>()
  /** Pods that have been told, by name. */
  #pods = new Map<string, KubePod>()

  constructor(relay: NodeRelay, services: readonly Service[], translation: Translation) {
    this.#relay = relay
    this.#translation = translation
    this.#services = new Map(services.map((service) => [service.name, settingsOf(service)]))
  }

  /** Tells the pods that have not been told yet what they are; one that was started again takes its Service's fault over. */
  async instruct(pods: readonly KubePod[]): Promise<void> {
    const known = this.#pods
    const stubs = pods.filter(({ app, ready, leaving }) => this.#services.has(app) && ready && !leaving)
    await Promise.all(
      stubs.map(async (pod) => {
        if (known.has(pod.name)) return
        await this.#ask(pod, 'PUT', '/stub', this.#settingsOf(pod.app))
        const fault = this.#faults.get(pod.app)
        if (fault !== undefined) await this.#ask(pod, 'PUT', '/fault', fault)
      }),
    )
    this.#pods = new Map(stubs.map((pod) => [pod.name, pod]))
  }

  /** Each pod of a Service counts its requests by itself. */
  async setFault(fault: Fault): Promise<void> {
    this.#faults.set(fault.service, fault)
    await Promise.all(this.#of(fault.service).map((pod) => this.#ask(pod, 'PUT', '/fault', fault)))
  }

  /** Closes idle connections: conntrack would lead what is sent on them to the pod although the ClusterIP is gone. */
  async disconnect(service: string): Promise<void> {
    await Promise.all(this.#of(service).map((pod) => this.#ask(pod, 'POST', '/disconnect')))
  }

  /** What the pods of a Service have recorded since they were last asked, once they have no request left to answer. */
  async takeRecords(service: string): Promise<BackendRecord[]> {
    const answers = await Promise.all(this.#of(service).map((pod) => this.#ask<RecordsAnswer>(pod, 'GET', '/records')))
    return answers.flat().map((record) => this.#inChain(record))
  }

  /** The Services that stubs stand behind. */
  get services(): string[] {
    return [...this.#services.keys()]
  }

  /** A stub that redirects to an address of the chain, leads to the one that stands for it. */
  #settingsOf(service: string): StubSettings | undefined {
    const settings = this.#services.get(service)
    if (settings === undefined) return undefined
    const inCluster = (headers: Headers) =>
      headers.map(([name, value]): Header => [name, this.#translation.toCluster(value)])
    const answers = settings.stub.answers.map((answer) => ({ ...answer, headers: inCluster(answer.headers) }))
    return { ...settings, stub: { ...settings.stub, answers } }
  }

  #inChain({ service, received, answered }: BackendRecord): BackendRecord {
    return {
      service,
      received: inChain(received, this.#translation),
      answered: answered && inChain(answered, this.#translation),
    }
  }

  #of(service: string): KubePod[] {
    return [...this.#pods.values()].filter(({ app }) => app === service)
  }

  #ask<Answer>({ address }: KubePod, method: string, path: string, body: unknown = null): Promise<Answer> {
    return askPod(this.#relay, { address, port: CONTROL_PORT }, method, path, body)
  }
}

/** Pods listen once on a port, whichever of the Service's ports lead there. */
function settingsOf(service: Service): StubSettings {
  const ports = new Map(portsOf(service).map(({ listens, tls }) => [listens, { listens, tls: stubTlsOf(tls) }]))
  return { name: service.name, stub: service.stub, ports: [...ports.values()] }
}
