import { answerQuestions } from "./asked-process.js";
import { type Arrival, Observer } from "./observer.js";

/*
 * The observers, all in one process beside the daemon and the bench: it reads raw frames, so that a hundred of them
 * take less of the processor than the one who sends to them.
 */
let observers: Observer[] = [];
let onChange = () => {};

const answers = {
  /** Connects so many observers, which have nothing to do yet. */
  async connect(socket: string, count: number): Promise<void> {
    observers = await Promise.all(Array.from({ length: count }, () => Observer.connect(socket, () => onChange())));
  },

  /** Begins a tail on each. */
  follow(path: string, request: Uint8Array): void {
    for (const observer of observers) observer.follow(path, request);
  },

  /** Waits until every observer has all up to a position, and says what they received since this was asked last. */
  async receive(position: number): Promise<Received> {
    await allAt(position);
    const received = {
      lastAtMs: Math.max(...observers.map(({ atMs }) => atMs)),
      bytes: observers.reduce((sum, { bytes }) => sum + bytes, 0),
      messages: observers.reduce((sum, { messages }) => sum + messages, 0),
    };
    for (const observer of observers) {
      observer.bytes = 0;
      observer.messages = 0;
    }
    return received;
  },

  /** Notes every arrival from now on. */
  noteArrivals(): void {
    for (const observer of observers) observer.arrivals = [];
  },

  /** What was noted, observer by observer. */
  arrivals(): readonly (readonly Arrival[])[] {
    return observers.map((observer) => observer.arrivals ?? []);
  },

  /** Leaves the tails and closes the connections. */
  disconnect(): void {
    onChange = () => {};
    for (const observer of observers) observer.close();
    observers = [];
  },
};

/** What the observers can be asked. */
export type ObserverAnswers = typeof answers;

/** What all observers together received. */
export interface Received {
  /** When the last of them had the last byte, on the monotonic clock. */
  readonly lastAtMs: number;
  /** With the frames of gRPC, without those of HTTP/2. */
  readonly bytes: number;
  readonly messages: number;
}

async function allAt(position: number): Promise<void> {
  // One is asked after the other, so that each message is looked at once and not once for every observer.
  for (const observer of observers) {
    await new Promise<void>((resolve, reject) => {
      onChange = () => {
        if (observer.position >= position) resolve();
        else if (observer.hasEnded) reject(new Error(`a tail ended at position ${observer.position}, before ${position}`));
      };
      onChange();
    });
  }
}

answerQuestions(answers);
