import type { AttackTarget, StoppedAttack } from "./attack.js";
import { ATTACKS, BUSY } from "./attacks.js";

/*
 * Attacks in a process of their own, so that they take no time from whoever measures. It is sent the name of an attack
 * and its target, and sends back what it came to. One that is to be stopped stays as it is until it is killed.
 */
process.once("message", ({ name, target }: { readonly name: string; readonly target: AttackTarget }) => void run(name, target));

async function run(name: string, target: AttackTarget): Promise<void> {
  const attack = [BUSY, ...ATTACKS].find((candidate) => candidate.name === name);
  if (attack === undefined) throw new Error(`there is no attack ${name}`);
  const outcome = await attack.run(target);
  const isStopped = (attack as Partial<StoppedAttack>).isStopped === true; // the kind of attack says so
  process.send?.(outcome, () => {
    if (!isStopped) process.exit(0);
  });
}
