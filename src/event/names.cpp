// SPDX-License-Identifier: Apache-2.0
#include "event/names.hpp"

namespace monster {

std::string_view name_of(Family family) { return enum_name(family); }
std::string_view name_of(HashStatus status) { return enum_name(status); }
std::string_view name_of(SignatureState state) { return enum_name(state); }
std::string_view name_of(ProcessSource source) { return enum_name(source); }
std::string_view name_of(FileKind kind) { return enum_name(kind); }
std::string_view name_of(FileAccess access) { return enum_name(access); }
std::string_view name_of(BlockState state) { return enum_name(state); }
std::string_view name_of(BlockSource source) { return enum_name(source); }
std::string_view name_of(PathSource source) { return enum_name(source); }
std::string_view name_of(CreateDisposition disposition) { return enum_name(disposition); }
std::string_view name_of(CreateResult result) { return enum_name(result); }
std::string_view name_of(HealthAction action) { return enum_name(action); }
std::string_view name_of(LastEnd end) { return enum_name(end); }

} // namespace monster
