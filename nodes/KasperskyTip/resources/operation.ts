import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { SignIn } from '../../shared/signIn/authentication';
import type { TipAnswer } from '../../../tip/values/answer';
import type { TipError } from '../../../tip/values/error';
import type { TipRequest } from '../../../tip/values/request';

/** What the user filled in for one item, by field name, expressions already resolved. */
export type FieldValues = Record<string, unknown>;

/** What of the workflow gives a value its meaning. */
export interface WorkflowFacts {
	/** In which a date is meant that names no zone. */
	timezone: string;
	/** How the node signs in, and so which side of the portal is asked. */
	signIn: SignIn;
	/** Whether an AI agent calls the node, as its tool. */
	isAgents: boolean;
}

/** One entry of the list 'Operation': what it is called, what it asks for, and what it does. */
export interface Operation {
	/** Name, action and description as the editor, the node creator and an AI agent show them. */
	readonly option: Omit<INodePropertyOptions, 'value'> & { action: string };
	/** Shown for this resource and operation only, in this order. Each is read once for every item. */
	readonly fields: INodeProperties[];
	/**
	 * Says everything that will be done with one item, from its values, which are read once: an
	 * expression need not give the same a second time.
	 *
	 * @throws TipError `input`
	 */
	plan(values: FieldValues, workflow: WorkflowFacts): Plan | LocalPlan;
	/** Those who ask the same share one answer. Left out, every item asks for itself. */
	readonly sharing?: Sharing;
	/** It asks nobody: no credential is needed, and every plan is a local one. */
	readonly isLocal?: true;
}

/** How answers are shared, by the items of a batch and by later executions. */
export interface Sharing {
	/** What of an answer still holds some time later. */
	lasting(answer: TipAnswer): TipAnswer;
	/** The answer that stands for "nothing known", which is told by its identity. */
	readonly nothingKnown: TipAnswer;
}

/** The items of an operation that asks nobody: they are known as soon as the fields are read. */
export interface LocalPlan {
	readonly about: IDataObject;
	readonly items: OutputItem[];
}

/** What is done with one item. Its functions close over what was read. */
export interface Plan {
	readonly request: TipRequest;
	/**
	 * What the item is about, by the keys its answer names it with: the indicator, the task. Steps may
	 * add to it what they find out.
	 */
	readonly about: IDataObject;
	/**
	 * In place of sending `request` and making items of its answer: several requests, of which `request`
	 * stands for the one that must not be sent twice.
	 *
	 * @throws TipError with the outcome of that one
	 */
	steps?(tools: StepTools): Promise<StepsResult>;
	/** An answer in place of a refusal that says something: "not known" to a question, for one. */
	answerTo?(refusal: TipError): TipAnswer | undefined;
	/**
	 * A reason in an answer why nothing more of the batch is to be sent, a used-up quota for one. What
	 * has not been sent by then fails with it.
	 */
	stopAfter?(answer: TipAnswer): TipError | undefined;
	/** The same for a reason in a refusal. */
	stopAfterRefusal?(refusal: TipError): TipError | undefined;
	/**
	 * The items an answer becomes; left out, it is the json of one item. The answer is dropped after.
	 *
	 * @throws TipError when the answer can't be read
	 */
	toItems?(
		answer: TipAnswer,
		helpers: Helpers,
		portal: PortalFacts,
	): OutputItem[] | Promise<OutputItem[]>;
}

/** What a plan of several steps works with. */
export interface StepTools {
	/** @throws TipError */
	send(request: TipRequest): Promise<TipAnswer>;
	/**
	 * The same for what must not be sent twice: whoever names the same in this batch shares the request
	 * and what came of it, also when that is unknown.
	 *
	 * @throws TipError
	 */
	sendOnce(name: string, request: TipRequest): Promise<TipAnswer>;
	/** @throws TipError `cancelled` when the batch ends before */
	pause(ms: number): Promise<void>;
	/** Of the run: whatever else takes long has to end with it. */
	readonly signal?: AbortSignal;
	readonly helpers: Helpers;
	/** Position of the item, counted from 0. */
	readonly itemIndex: number;
	readonly portal: PortalFacts;
	/** Says in n8n's log how far a long step is. */
	log(text: string): void;
}

export interface StepsResult {
	items: OutputItem[];
	/** Of what was started: the handle on it. */
	handle?: IDataObject;
}

export type Helpers = IExecuteFunctions['helpers'];

/** What of the portal an item may name. */
export interface PortalFacts {
	/** Scheme, host and port, where its web pages are. */
	origin: string;
}

export type OutputItem = Pick<INodeExecutionData, 'json' | 'binary'>;

/** One entry of the list 'Resource' and its operations, in the order in which they are shown. */
export interface Resource {
	readonly option: Omit<INodePropertyOptions, 'value'>;
	/** For the canvas, which cuts what is longer than its node. */
	readonly shortName?: string;
	readonly operations: Readonly<Record<string, Operation>>;
	readonly defaultOperation: string;
	/** The ways to sign in that it takes, the default first. */
	readonly signIns: readonly SignIn[];
	/** That it takes a token too is inferred (tip-api.md 2.1). */
	readonly isTokenInferred?: true;
}

/** The answer as the one item it becomes unless a plan says otherwise. */
export function asItem(answer: TipAnswer): OutputItem {
	return { json: answer as IDataObject };
}
