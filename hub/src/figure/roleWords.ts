/** What a role is called, in the console and in figures. */
import type { Role } from '../score/movement.ts';

export interface RoleTerm {
  /** What stands beside a dot and before a time line. */
  readonly word: string;
  readonly meaning: string;
  /** How several of one role are told apart: `second leader`, or `contact 2`. */
  readonly counted: 'in words' | 'in figures';
}

export const roles: Readonly<Record<Role, RoleTerm>> = {
  leader: { word: 'leader', meaning: 'sets off, stops and turns first', counted: 'in words' },
  follower: { word: 'follower', meaning: 'goes where the leader went', counted: 'in words' },
  flanked: { word: 'flanked', meaning: 'between two others', counted: 'in figures' },
  flanking: { word: 'flanking', meaning: 'on one side of another', counted: 'in figures' },
  shadowed: { word: 'shadowed', meaning: 'goes ahead', counted: 'in figures' },
  shadowing: { word: 'shadowing', meaning: 'takes the same way and stops, at a distance', counted: 'in figures' },
  coordinator: { word: 'coordinator', meaning: 'meets one after another', counted: 'in words' },
  contact: { word: 'contact', meaning: 'is met', counted: 'in figures' },
  companion: { word: 'companion', meaning: 'belongs to the group', counted: 'in figures' },
  dwelling: { word: 'dwelling', meaning: 'stays in the zone', counted: 'in figures' },
};
