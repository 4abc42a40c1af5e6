//! The macros that read the rows of [`operations`](super::operations).

/// What calls answer. An answer that a token remembers is one of [`TokenOutcome`](super::TokenOutcome) too; no token
/// guards the other calls, so their answers are never remembered.
macro_rules! answers {
    (
        remembered { $($(#[$doc:meta])* $stored:ident($stored_type:ident);)* }
        observed { $($(#[$observed_doc:meta])* $observed:ident($observed_type:ident $([$boxed:ident])?);)* }
    ) => {
        /// The response of any call.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Response {
            /// Accepted; nothing more to say.
            Accepted,
            $($(#[$doc])* $stored($stored_type),)*
            $($(#[$observed_doc])* $observed(calls!(@field $observed_type $($boxed)?)),)*
        }

        /// The outcome stored under a token: the response without its RequestId, or, by policy, the refusal.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
        pub enum TokenOutcome {
            /// Accepted; nothing more to say.
            Accepted,
            $($(#[$doc])* $stored($stored_type),)*
            /// Refused, and the policy is [`Sticky`](crate::policy::RejectionPolicy::Sticky).
            Refused(Box<Refusal>),
        }

        impl From<()> for Response {
            fn from((): ()) -> Self {
                Self::Accepted
            }
        }

        impl Sealed for () {}

        impl Answer for () {
            fn keep(&self) -> TokenOutcome {
                TokenOutcome::Accepted
            }

            fn recall(outcome: &TokenOutcome) -> Option<Self> {
                matches!(outcome, TokenOutcome::Accepted).then_some(())
            }
        }

        $(
            impl From<$stored_type> for Response {
                fn from(answer: $stored_type) -> Self {
                    Self::$stored(answer)
                }
            }

            impl Sealed for $stored_type {}

            impl Answer for $stored_type {
                fn keep(&self) -> TokenOutcome {
                    TokenOutcome::$stored(self.clone())
                }

                fn recall(outcome: &TokenOutcome) -> Option<Self> {
                    if let TokenOutcome::$stored(stored) = outcome { Some(stored.clone()) } else { None }
                }
            }
        )*

        $(
            impl From<$observed_type> for Response {
                fn from(answer: $observed_type) -> Self {
                    Self::$observed(answer.into())
                }
            }

            impl Sealed for $observed_type {}

            impl Answer for $observed_type {}
        )*
    };
}

/// The ids of the resources that calls create.
macro_rules! fresh_ids {
    ($($(#[$doc:meta])* $name:ident($ids:ident);)*) => {
        /// Ids of the resources that a call creates. Not compared by the token cache; ignored if nothing is created.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
        pub enum Fresh {
            /// None.
            #[default]
            None,
            $($(#[$doc])* $name($ids),)*
        }

        impl From<&Fresh> for () {
            fn from(_: &Fresh) {}
        }

        $(impl From<&Fresh> for Option<$ids> {
            fn from(fresh: &Fresh) -> Self {
                if let Fresh::$name(ids) = fresh { Some(ids.clone()) } else { None }
            }
        })*
    };
}

/// The calls. A row reads
///
/// ```text
/// /// Documentation of the method.
/// Request [Box] => method(resource) with Ids -> Answer: implementation;
/// ```
///
/// where `[Box]` marks a request that is too large to be inlined in [`Request`](super::Request), `resource` is the
/// field that names the call's only resource, in brackets if it may name several, and `with Ids` is the type of the ids
/// that a creating operation needs.
macro_rules! calls {
    ($($refusal:ident {$(
        $(#[$doc:meta])*
        $name:ident $([$boxed:ident])? => $method:ident($($resource:tt).*) $(with $ids:ident)? -> $answer:ty:
            $perform:expr;
    )*})*) => {
        /// Any request. In journals it is named as its operation is.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Request {$($(
            #[doc = concat!("`", stringify!($name), "`.")]
            $name(calls!(@field $name $($boxed)?)),
        )*)*}

        #[cfg(feature = "serde")]
        const _: () = {
            impl serde::Serialize for Request {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let operation = self.operation();
                    let (index, name) = (operation as u32, operation.stored_name());
                    match self { $($(
                        Self::$name(request) => {
                            serializer.serialize_newtype_variant("Request", index, name, request)
                        }
                    )*)* }
                }
            }

            struct Named;

            impl<'de> serde::de::Visitor<'de> for Named {
                type Value = Request;

                fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    f.write_str("a request under the name of its operation")
                }

                fn visit_enum<A: serde::de::EnumAccess<'de>>(self, data: A) -> Result<Request, A::Error> {
                    let (operation, content) = data.variant::<Operation>()?;
                    match operation { $($(
                        Operation::$name => {
                            serde::de::VariantAccess::newtype_variant::<$name>(content).map(Request::from)
                        }
                    )*)* }
                }
            }

            impl<'de> serde::Deserialize<'de> for Request {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_enum("Request", &[], Named)
                }
            }
        };

        impl Request {
            /// The operation it belongs to.
            pub const fn operation(&self) -> Operation {
                match self { $($(Self::$name(_) => Operation::$name,)*)* }
            }

            /// The id of the only resource that it names; `None` if it names several or none, as a creation does.
            pub fn resource(&self) -> Option<&str> {
                match self { $($(Self::$name(request) => calls!(@resource request $($resource).*),)*)* }
            }
        }

        impl ControlPlane {
            /// Makes the call of any request.
            ///
            /// # Errors
            ///
            /// [`Misuse::BadFreshId`] if the call would be accepted but its fresh ids cannot be used.
            pub fn call_any(&mut self, call: &Call, request: &Request, fresh: &Fresh) -> Result<Output, Misuse> {
                match request {$($(
                    Request::$name(request) => match self.call::<$name>(call, request, &fresh.into()) {
                        Ok(reply) => Ok(reply.into()),
                        Err(misused) => Err(misused.into()),
                    },
                )*)*}
            }
        }

        $($(
            impl From<$name> for Request {
                fn from(request: $name) -> Self {
                    Self::$name(request.into())
                }
            }

            impl Sealed for $name {}

            impl Action for $name {
                const OPERATION: Operation = Operation::$name;
                type Response = $answer;
                type Refusal = $refusal;
                calls!(@perform $perform $(, $ids)?);
            }

            impl ControlPlane {
                calls!(@method $(#[$doc])* $name $method $($ids)?);
            }
        )*)*
    };

    (@field $name:ident) => { $name };
    (@field $name:ident Box) => { Box<$name> };

    (@resource $request:ident) => {{
        let _ = $request;
        None
    }};
    (@resource $request:ident [$($field:tt).+]) => { $request.$($field).+.only() };
    (@resource $request:ident $($field:tt).+) => { Some($request.$($field).+.as_str()) };

    (@perform $perform:expr) => {
        type Fresh = ();
        type Misused = Infallible;

        fn perform(&self, plane: &mut ControlPlane, call: &CallContext<'_>, (): &()) -> Performed<Self> {
            let perform: fn(&mut ControlPlane, &CallContext<'_>, &Self) -> Performed<Self> = $perform;
            perform(plane, call, self)
        }
    };
    (@perform $perform:expr, $ids:ident) => {
        type Fresh = Option<$ids>;
        type Misused = Misuse;

        fn perform(&self, plane: &mut ControlPlane, call: &CallContext<'_>, fresh: &Option<$ids>) -> Performed<Self> {
            let perform: fn(&mut ControlPlane, &CallContext<'_>, &Self, Option<&$ids>) -> Performed<Self> = $perform;
            perform(plane, call, self, fresh.as_ref())
        }
    };

    (@method $(#[$doc:meta])* $name:ident $method:ident) => {
        $(#[$doc])*
        pub fn $method(&mut self, call: &Call, request: &$name) -> Reply<$name> {
            self.call_infallible(call, request)
        }
    };
    (@method $(#[$doc:meta])* $name:ident $method:ident $ids:ident) => {
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// [`Misuse::BadFreshId`] if the call is accepted and an id is in use, given twice, missing or superfluous.
        pub fn $method(&mut self, call: &Call, request: &$name, fresh: $ids) -> Result<Reply<$name>, Misuse> {
            self.call(call, request, &Some(fresh))
        }
    };
}

pub(super) use {answers, calls, fresh_ids};
