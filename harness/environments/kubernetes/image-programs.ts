/** The top of the image, which has the project's files by their paths: TypeScript in a clone, JavaScript in the package. */
const TOP = new URL('../../../', import.meta.url).href

/** The commands that containers of the project's own image run. */
export const GATEWAY_POD: ImageCommand = commandOf(new URL('gateway-pod/main.ts', import.meta.url))
export const STUB_POD: ImageCommand = commandOf(new URL('stub-pod/main.ts', import.meta.url))
export const NODE_RELAY: ImageCommand = commandOf(new URL('node-relay/main.ts', import.meta.url))
export const CLAIM_HOLDER: ImageCommand = commandOf(new URL('../k3s/claim-holder/main.ts', import.meta.url))

export type ImageCommand = readonly [program: string, file: string]

function commandOf({ href }: URL): ImageCommand {
  return ['node', href.slice(TOP.length)]
}
