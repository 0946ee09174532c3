import { createClient } from '../../schema/client/client.ts';
import type { Areas } from '../../schema/contract/areas.ts';
import type { Client } from '../../schema/contract/contract.ts';
import type { FrameChannel } from '../../schema/frame.ts';
import { contractShape } from 'virtual:contract-shape';

export type KernelClient = Client<Areas>;

export function createKernelClient(channel: FrameChannel): KernelClient {
  return createClient(contractShape, channel);
}
