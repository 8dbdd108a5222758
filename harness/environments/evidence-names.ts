/** What a file of evidence is, by its name: what environments hand up, and what is added to it. */
const ABOUT: readonly (readonly [name: RegExp, about: string])[] = [
  [/^running\/nginx-site\.conf$/, 'the site file as nginx runs with it'],
  [/^running\/included\//, 'a file that the site file includes, as nginx runs with it'],
  [/^running\//, 'what the gateway runs with'],
  [/^not-loaded\//, 'the same file as it is by now: nothing has loaded it yet, or it was refused'],
  [/^services\.txt$/, 'the Services, their ClusterIPs and how many endpoints are ready'],
  [/^pins\.txt$/, 'the ClusterIPs in the site file, and whether they are still right'],
  [/^request\/nginx-access\.log$/, 'the last request as an access log has it, made from the trace'],
  [/^request\/nginx-error\.log$/, "of nginx's error log, what is about that request, without debug lines"],
  [/^request\/nginx-debug\.log$/, "of nginx's debug log, the connection of that request"],
  [/^request\/gateway\.log$/, "the gateway's log lines of that request"],
  [/^request\/backends\.txt$/, 'what the stub backends received and answered then'],
  [/^nginx-since\.log$/, 'what nginx has logged since that request: reloads, and what they refused'],
  [/^gateway-said\.log$/, 'the end of what the gateway wrote beside log lines'],
  [/^nginx-main\.conf$/, 'the nginx.conf that nginx starts with'],
  [/^containers\/node\.log$/, 'what the k3s node has logged'],
  [/^containers\//, 'what a container beside the k3s node has logged'],
  [/^kubernetes\/events\.txt$/, 'events of the namespace, the latest last'],
  [/^kubernetes\/workloads\.txt$/, 'Deployments, ReplicaSets and pods, with their conditions'],
  [/^kubernetes\/network\.txt$/, 'Services and their endpoints'],
  [/^kubernetes\/nodes\.txt$/, 'nodes, with their conditions'],
  [/^kubernetes\/logs\/.*\.previous\.log$/, 'what the container wrote before it was started again'],
  [/^kubernetes\/logs\//, 'the end of what the container wrote'],
  [/^kubernetes\//, 'the objects as the API has them, without environment variables'],
  [/^evidence-missing\.txt$/, 'why there is not more'],
  [/^trace\.json$/, "the step's request as every hop received it, sent it on and answered it"],
]

/** In a few words; empty for a name that says it by itself. */
export function aboutEvidence(name: string): string {
  return ABOUT.find(([pattern]) => pattern.test(name))?.[1] ?? ''
}
